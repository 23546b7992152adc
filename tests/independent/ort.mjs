// onnxruntime-web on one thread of WebAssembly.
import * as ort from 'onnxruntime-web/wasm'

ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

const kinds = { f32: ['float32', Float32Array], i32: ['int32', Int32Array], u8: ['uint8', Uint8Array] }

/** Runs a model on inputs `{ name: { dtype, shape, values } }`; the outputs by name. */
export const runOnnx = async (bytes, inputs) => {
  const session = await ort.InferenceSession.create(bytes)
  const feeds = Object.entries(inputs).map(([name, { dtype, shape, values }]) => {
    const [kind, make] = kinds[dtype]
    return [name, new ort.Tensor(kind, make.from(values), shape)]
  })
  const results = await session.run(Object.fromEntries(feeds))
  const out = Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [name, { shape: [...dims], values: data }]),
  )
  await session.release()
  return out
}

/** `Sigmoid` is a rational function there (MLAS, `logistic.cpp`), good to a few units of 2^-24 around 1/2 whatever its value. */
export const functionsOfOrt = { sigmoid: 2 ** -23 }
