/**
 * Opcodes of the WebAssembly core specification 2.0 that take no immediate, under their names in the specification.
 * Two-part opcodes are written prefix * 2^16 + number.
 */
// biome-ignore format: a table
export const plain = {
  i32: {
    eqz: 0x45, eq: 0x46, ne: 0x47, lt_s: 0x48, lt_u: 0x49, gt_s: 0x4a, gt_u: 0x4b, le_s: 0x4c, le_u: 0x4d, ge_s: 0x4e,
    ge_u: 0x4f, clz: 0x67, ctz: 0x68, add: 0x6a, sub: 0x6b, mul: 0x6c, div_s: 0x6d, div_u: 0x6e, rem_s: 0x6f,
    rem_u: 0x70, and: 0x71, or: 0x72, xor: 0x73, shl: 0x74, shr_s: 0x75, shr_u: 0x76, rotl: 0x77, rotr: 0x78,
    wrap_i64: 0xa7, reinterpret_f32: 0xbc, trunc_sat_f32_s: 0xfc0000, trunc_sat_f32_u: 0xfc0001,
    trunc_sat_f64_s: 0xfc0002, trunc_sat_f64_u: 0xfc0003,
  },
  i64: {
    eqz: 0x50, eq: 0x51, ne: 0x52, lt_u: 0x54, ge_u: 0x5a, add: 0x7c, sub: 0x7d, mul: 0x7e, and: 0x83, or: 0x84,
    xor: 0x85, shl: 0x86, shr_s: 0x87, shr_u: 0x88, extend_i32_s: 0xac, extend_i32_u: 0xad, reinterpret_f64: 0xbd,
  },
  f32: {
    eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60, abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e,
    trunc: 0x8f, nearest: 0x90, sqrt: 0x91, add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97,
    copysign: 0x98, convert_i32_s: 0xb2, convert_i32_u: 0xb3, demote_f64: 0xb6, reinterpret_i32: 0xbe,
  },
  f64: {
    eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66, abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c,
    trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f, add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5,
    copysign: 0xa6, convert_i32_s: 0xb7, convert_i32_u: 0xb8, promote_f32: 0xbb, reinterpret_i64: 0xbf,
  },
  v128: {
    not: 0xfd004d, and: 0xfd004e, andnot: 0xfd004f, or: 0xfd0050, xor: 0xfd0051, bitselect: 0xfd0052,
    any_true: 0xfd0053,
  },
  i8x16: { splat: 0xfd000f, add: 0xfd006e, sub: 0xfd0071, swizzle: 0xfd000e },
  i16x8: {
    splat: 0xfd0010, extend_low_i8x16_s: 0xfd0087, extend_high_i8x16_s: 0xfd0088, extend_low_i8x16_u: 0xfd0089,
    extend_high_i8x16_u: 0xfd008a,
  },
  i32x4: {
    splat: 0xfd0011, eq: 0xfd0037, ne: 0xfd0038, lt_s: 0xfd0039, lt_u: 0xfd003a, gt_s: 0xfd003b, gt_u: 0xfd003c,
    le_s: 0xfd003d, le_u: 0xfd003e, ge_s: 0xfd003f, ge_u: 0xfd0040, abs: 0xfd00a0, neg: 0xfd00a1, all_true: 0xfd00a3,
    bitmask: 0xfd00a4, extend_low_i16x8_s: 0xfd00a7, extend_high_i16x8_s: 0xfd00a8, extend_low_i16x8_u: 0xfd00a9,
    extend_high_i16x8_u: 0xfd00aa, shl: 0xfd00ab, shr_s: 0xfd00ac, shr_u: 0xfd00ad, add: 0xfd00ae, sub: 0xfd00b1,
    mul: 0xfd00b5, min_s: 0xfd00b6, min_u: 0xfd00b7, max_s: 0xfd00b8, max_u: 0xfd00b9, trunc_sat_f32x4_s: 0xfd00f8,
    trunc_sat_f32x4_u: 0xfd00f9,
  },
  f32x4: {
    splat: 0xfd0013, eq: 0xfd0041, ne: 0xfd0042, lt: 0xfd0043, gt: 0xfd0044, le: 0xfd0045, ge: 0xfd0046,
    demote_f64x2_zero: 0xfd005e, ceil: 0xfd0067, floor: 0xfd0068, trunc: 0xfd0069, nearest: 0xfd006a, abs: 0xfd00e0,
    neg: 0xfd00e1, sqrt: 0xfd00e3, add: 0xfd00e4, sub: 0xfd00e5, mul: 0xfd00e6, div: 0xfd00e7, min: 0xfd00e8,
    max: 0xfd00e9, relaxed_madd: 0xfd0105, pmin: 0xfd00ea, pmax: 0xfd00eb, convert_i32x4_s: 0xfd00fa, convert_i32x4_u: 0xfd00fb,
  },
  f64x2: {
    splat: 0xfd0014, eq: 0xfd0047, ne: 0xfd0048, lt: 0xfd0049, gt: 0xfd004a, le: 0xfd004b, ge: 0xfd004c,
    promote_low_f32x4: 0xfd005f, ceil: 0xfd0074, floor: 0xfd0075, trunc: 0xfd007a, abs: 0xfd00ec, neg: 0xfd00ed,
    sqrt: 0xfd00ef, add: 0xfd00f0, sub: 0xfd00f1, mul: 0xfd00f2, div: 0xfd00f3, min: 0xfd00f4, max: 0xfd00f5,
    convert_low_i32x4_s: 0xfd00fe, convert_low_i32x4_u: 0xfd00ff,
  },
} as const

/** Loads and stores: the immediate is an alignment hint (the low byte here, log2 of the natural width) and an offset. */
// biome-ignore format: a table
export const memory = {
  i32: {
    load: 0x2802, load8_s: 0x2c00, load8_u: 0x2d00, load16_s: 0x2e01, load16_u: 0x2f01, store: 0x3602, store8: 0x3a00,
    store16: 0x3b01,
  },
  i64: { load: 0x2903, store: 0x3703 },
  f32: { load: 0x2a02, store: 0x3802 },
  f64: { load: 0x2b03, store: 0x3903 },
  v128: {
    load: 0xfd000004, load8x8_u: 0xfd000203, load16x4_u: 0xfd000403, load8_splat: 0xfd000700, load16_splat: 0xfd000801,
    load32_splat: 0xfd000902, load64_splat: 0xfd000a03, store: 0xfd000b04, load32_zero: 0xfd005c02,
    load64_zero: 0xfd005d03,
  },
} as const

/** Memory access of one lane: the layout of `memory`, and then the lane index. */
export const laneMemory = {
  v128: { load32_lane: 0xfd005602, load64_lane: 0xfd005703, store32_lane: 0xfd005a02, store64_lane: 0xfd005b03 },
} as const

/** Instructions whose immediate is a lane index. */
export const lanes = {
  i32x4: { extract_lane: 0xfd001b, replace_lane: 0xfd001c },
  f32x4: { extract_lane: 0xfd001f, replace_lane: 0xfd0020 },
  f64x2: { extract_lane: 0xfd0021, replace_lane: 0xfd0022 },
} as const
