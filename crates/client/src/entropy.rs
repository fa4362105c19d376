//! Randomness, for ids made on the device.

/// A source of unpredictable bytes.
pub trait Entropy {
    /// Ten random bytes, as an id takes them.
    fn ten_bytes(&self) -> [u8; 10];
}
