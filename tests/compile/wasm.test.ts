import { setFlagsFromString } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laneMemory, lanes, memory as accesses, plain } from '../../src/compile/opcodes.js'
import { type WasmFunction, wasmModule } from '../../src/compile/wasm.js'
import type { ValueType } from '../../src/compile/wasmFunction.js'

type Numeric = (...values: readonly (number | bigint)[]) => number | bigint | undefined

const build = <P extends string>(
  params: Readonly<Record<P, ValueType>>,
  results: readonly ValueType[],
  write: (f: WasmFunction<P>) => void,
  memory = new WebAssembly.Memory({ initial: 1 }),
): Numeric => {
  const m = wasmModule()
  m.importMemory('env', 'memory')
  const f = m.func({ name: 'f', params, results })
  write(f)
  return exported(m.encode(), { env: { memory } })
}

const exported = (module: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports): Numeric => {
  const f = new WebAssembly.Instance(new WebAssembly.Module(module), imports).exports['f']
  if (f === undefined) throw new Error('no export f')
  return f
}

const floats = fc.float({ noNaN: true })

/** The result of one instruction on values of one type. */
const apply = (type: ValueType, name: string, result: ValueType, values: readonly number[]): unknown => {
  const write = (f: WasmFunction<string>): void => {
    for (const local of Object.values(f.params)) f.get(local)
    call(f, type, name)
  }
  return build(Object.fromEntries(values.map((_, i) => [`p${i}`, type])), [result], write)(...values)
}

/** The result of one instruction on vectors with the same value in every lane. */
const applyLanes = (type: 'i32x4' | 'f32x4' | 'f64x2', name: string, values: readonly number[]): unknown => {
  const scalar = { i32x4: 'i32', f32x4: 'f32', f64x2: 'f64' } as const
  return build({}, [scalar[type]], (f) => {
    for (const value of values) f[type].const(value)
    call(f, type, name)
    f[type].extract_lane(1)
  })()
}

const call = (f: WasmFunction<string>, type: string, name: string, ...immediates: readonly number[]): void => {
  const groups = new Map<string, unknown>(Object.entries(f))
  const group = groups.get(type)
  const instruction =
    typeof group === 'object' && group !== null ? Object.entries(group).find(([k]) => k === name) : undefined
  if (instruction === undefined) throw new Error(`${type}.${name} is missing`)
  instruction[1](...immediates)
}

describe('wasm writer', () => {
  it('keeps what was written of a function that is finished, while its instructions write others', () => {
    const m = wasmModule()
    const outer = m.func({ name: 'f', results: ['i32'] })
    const parts = [1, 2, 3].map((value) => {
      const f = m.func({ params: { x: 'i32' }, results: ['i32'] })
      const y = f.local('i32')
      f.assign(y, value)
      f.get(f.params.x)
      f.get(y)
      f.i32.add()
      m.finish(f)
      expect(() => m.finish(f)).toThrow('no such function is being written')
      return f
    })
    outer.i32.const(100)
    for (const f of parts) outer.call(f)
    expect(exported(m.encode(), {})()).toBe(106)
  })

  it('computes with i32 as JavaScript does with integers', () => {
    const [a, b] = [-17, 5]
    const expected = { add: a + b, sub: a - b, mul: a * b, div_s: -3, rem_s: -2, and: a & b, or: a | b, xor: a ^ b }
    for (const [name, value] of Object.entries(expected))
      expect([name, apply('i32', name, 'i32', [a, b])]).toEqual([name, value])
    const shifts = { shl: a << b, shr_s: a >> b, shr_u: (a >>> b) | 0 }
    for (const [name, value] of Object.entries(shifts))
      expect([name, apply('i32', name, 'i32', [a, b])]).toEqual([name, value])
    const tests = { eq: 0, ne: 1, lt_s: 1, lt_u: 0, gt_s: 0, gt_u: 1, le_s: 1, le_u: 0, ge_s: 0, ge_u: 1 }
    for (const [name, value] of Object.entries(tests))
      expect([name, apply('i32', name, 'i32', [a, b])]).toEqual([name, value])
  })

  it('computes with scalars and lanes of floats alike', () => {
    const [a, b] = [-2.25, 0.5]
    const two = { add: a + b, sub: a - b, mul: a * b, div: a / b, min: a, max: b }
    const one = { abs: 2.25, neg: 2.25, floor: -3, ceil: -2, trunc: -2 }
    for (const [scalar, lanes] of [
      ['f32', 'f32x4'],
      ['f64', 'f64x2'],
    ] as const) {
      for (const [name, value] of Object.entries(two)) {
        expect([name, apply(scalar, name, scalar, [a, b])]).toEqual([name, value])
        expect([name, applyLanes(lanes, name, [a, b])]).toEqual([name, value])
      }
      for (const [name, value] of Object.entries(one)) {
        expect([name, apply(scalar, name, scalar, [a])]).toEqual([name, value])
        expect([name, applyLanes(lanes, name, [a])]).toEqual([name, value])
      }
      const tests = { eq: 0, ne: 1, lt: 1, gt: 0, le: 1, ge: 0 }
      for (const [name, value] of Object.entries(tests))
        expect([name, apply(scalar, name, 'i32', [a, b])]).toEqual([name, value])
      expect(apply(scalar, 'sqrt', scalar, [6.25])).toBe(2.5)
      expect(applyLanes(lanes, 'sqrt', [6.25])).toBe(2.5)
    }
  })

  it('computes with lanes of integers', () => {
    const expected = {
      add: -12,
      sub: -22,
      mul: -85,
      min_s: -17,
      max_s: 5,
      min_u: 5,
      max_u: -17,
      eq: 0,
      ne: -1,
      lt_s: -1,
      gt_u: -1,
    }
    for (const [name, value] of Object.entries(expected))
      expect([name, applyLanes('i32x4', name, [-17, 5])]).toEqual([name, value])
  })

  it('encodes every i32 constant', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(build({}, ['i32'], (f) => f.i32.const(value))()).toBe(value)
      }),
      { examples: [[63], [64], [-64], [-65], [8191], [8192], [-2147483648], [2147483647]] },
    )
  })

  it('encodes every i64, f32 and f64 constant', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.float(), fc.double(), (a, b, c) => {
        expect(build({}, ['i64'], (f) => f.i64.const(a))()).toBe(a)
        expect(build({}, ['f32'], (f) => f.f32.const(b))()).toBe(b)
        expect(build({}, ['f64'], (f) => f.f64.const(c))()).toBe(c)
      }),
    )
  })

  it('does scalar f32 arithmetic rounded to f32', () => {
    const f = build({ a: 'f32', b: 'f32', c: 'f32' }, ['f32'], (f) => {
      f.get(f.params.a)
      f.get(f.params.b)
      f.f32.mul()
      f.get(f.params.c)
      f.f32.add()
    })
    fc.assert(
      fc.property(floats, floats, floats, (a, b, c) => {
        expect(f(a, b, c)).toBe(Math.fround(Math.fround(a * b) + c))
      }),
    )
  })

  it('runs a range loop as often as its bounds and step say', () => {
    const f = build({ from: 'i32', to: 'i32', step: 'i32' }, ['i32'], (f) => {
      const i = f.local('i32')
      const sum = f.local('i32')
      f.forRange(i, f.params.from, f.params.to, f.params.step, () => f.increment(sum, i))
      f.get(sum)
    })
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 9 }), (from, to, step) => {
        let sum = 0
        for (let i = from; i < to; i += step) sum += i
        expect(f(from, to, step)).toBe(sum)
      }),
    )
  })

  it('skips a range loop with constant empty bounds', () => {
    const f = build({}, ['i32'], (f) => {
      const i = f.local('i32')
      const passes = f.local('i32')
      f.forRange(i, 3, 3, 1, () => f.increment(passes, 1))
      f.forRange(i, 0, 7, 2, () => f.increment(passes, 1))
      f.get(passes)
    })
    expect(f()).toBe(4)
  })

  it('resolves labels from nested blocks', () => {
    const collatz = build({ n: 'i32' }, ['i32'], (f) => {
      const { n } = f.params
      const steps = f.local('i32')
      f.block((exit) => {
        f.loop((again) => {
          f.get(n)
          f.i32.const(1)
          f.i32.eq()
          f.br_if(exit)
          f.increment(steps, 1)
          f.get(n)
          f.i32.const(1)
          f.i32.and()
          f.if(
            () => {
              f.assign(n, () => {
                f.get(n)
                f.i32.const(3)
                f.i32.mul()
                f.i32.const(1)
                f.i32.add()
              })
              f.br(again)
            },
            () => {
              f.get(n)
              f.i32.const(1)
              f.i32.shr_u()
              f.set(n)
            },
          )
          f.br(again)
        })
      })
      f.get(steps)
    })
    expect(collatz(27)).toBe(111)
  })

  it('imports functions, calls forward and exports by name', () => {
    const m = wasmModule()
    const host = m.importFunction('env', 'host', { params: ['i32'], results: ['i32'] })
    const f = m.func({ name: 'f', params: { x: 'i32' }, results: ['i32'] })
    const inner = m.func({ params: { x: 'i32' }, results: ['i32'] })
    f.get(f.params.x)
    f.call(inner)
    f.call(host)
    inner.get(inner.params.x)
    inner.i32.const(10)
    inner.i32.mul()
    expect(exported(m.encode(), { env: { host: (x: number) => x + 1 } })(4)).toBe(41)
    expect(() => m.importFunction('env', 'late', {})).toThrow(/late/)
  })

  it('loads, computes and stores vectors at immediate offsets', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const data = new Float32Array(memory.buffer)
    data.set([1.5, -2.5, 3.25, 1e9, 7])
    const f = build(
      {},
      [],
      (f) => {
        f.i32.const(64)
        f.i32.const(0)
        f.v128.load()
        f.i32.const(0)
        f.v128.load32_splat(16)
        f.f32x4.mul()
        f.f32x4.const(0.5)
        f.f32x4.add()
        f.v128.store(64)
      },
      memory,
    )
    f()
    expect([...data.subarray(32, 36)]).toEqual([11, -17, 23.25, Math.fround(7e9)])
  })

  it('widens bytes to floats', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    new Uint8Array(memory.buffer).set([0, 1, 200, 255])
    const f = build(
      {},
      [],
      (f) => {
        f.i32.const(16)
        f.i32.const(0)
        f.v128.load32_zero()
        f.i16x8.extend_low_i8x16_u()
        f.i32x4.extend_low_i16x8_u()
        f.f32x4.convert_i32x4_s()
        f.v128.store()
      },
      memory,
    )
    f()
    expect([...new Float32Array(memory.buffer, 16, 4)]).toEqual([0, 1, 200, 255])
  })

  it('shuffles, selects and extracts lanes', () => {
    const f = build({ a: 'f32', b: 'f32' }, ['f32'], (f) => {
      f.get(f.params.a)
      f.f32x4.splat()
      f.get(f.params.b)
      f.f32x4.splat()
      f.i8x16.shuffle([0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23])
      f.f64x2.promote_low_f32x4()
      f.f64x2.extract_lane(1)
      f.f32.demote_f64()
    })
    expect(f(2, 5)).toBe(5)
  })

  it('writes every instruction so that the engine accepts it', () => {
    // V8 11 knows relaxed instructions behind a switch; later engines have them on.
    if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd')
    const names = [plain, accesses, laneMemory, lanes].flatMap((table) =>
      Object.entries(table).flatMap(([type, group]) => Object.keys(group).map((name) => [type, name] as const)),
    )
    expect(names.length).toBeGreaterThan(200)
    for (const [type, name] of names) {
      const m = wasmModule()
      m.importMemory('env', 'memory')
      const f: WasmFunction<string> = m.func({})
      f.unreachable() // behind it the stack holds whatever the instruction wants
      call(f, type, name, 1, 1)
      f.unreachable()
      expect([type, name, WebAssembly.validate(m.encode())]).toEqual([type, name, true])
    }
  })
})
