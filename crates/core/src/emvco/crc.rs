//! The checksum of object 63: CRC-16/IBM-3740 (ISO/IEC 13239 polynomial 1021, start FFFF, not reflected, not inverted).

/// The checksum of `bytes`.
///
/// ```
/// assert_eq!(qianbao_core::emvco::crc16(b"123456789"), 0x29b1);
/// ```
pub const fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0xffff_u16;
    let mut index = 0;
    while index < bytes.len() {
        crc ^= (bytes[index] as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
            bit += 1;
        }
        index += 1;
    }
    crc
}
