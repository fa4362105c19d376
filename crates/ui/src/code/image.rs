//! The modules of a QR code as a path.
//!
//! Byte mode only, as EMVCo QR Code Specification for Payment Systems (merchant-presented mode, v1.1, section 3.1) asks
//! for; ECI 000026 (UTF-8) stands in front when the text leaves ASCII. Error correction M, smallest version that holds it.

use qrcode::bits::Bits;
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode, Version};

/// Clear modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// A drawn code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeImage {
    /// Modules along one side, quiet zone included.
    pub size: usize,
    /// Path over the dark modules, one unit a module.
    pub path: String,
}

/// The text does not fit a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeImageError {
    /// Bytes of the text; the largest code takes 2,331.
    pub bytes: usize,
}

impl std::fmt::Display for CodeImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected at most 2331 bytes for a code, found {}", self.bytes)
    }
}

impl std::error::Error for CodeImageError {}

impl CodeImage {
    /// The code of `text`.
    pub fn of(text: &str) -> Result<Self, CodeImageError> {
        let code = encode(text).map_err(|_| CodeImageError { bytes: text.len() })?;
        let width = code.width();
        Ok(Self { size: width + 2 * QUIET, path: path(&code.into_colors(), width) })
    }

    /// The `viewBox` that holds the path with its quiet zone.
    pub fn view_box(&self) -> String {
        let size = self.size.to_string();
        ["0 0 ", &size, " ", &size].concat()
    }
}

fn encode(text: &str) -> Result<QrCode, QrError> {
    for version in 1..=40 {
        let mut bits = Bits::new(Version::Normal(version));
        if !text.is_ascii() {
            bits.push_eci_designator(26)?;
        }
        let fits = bits
            .push_byte_data(text.as_bytes())
            .and_then(|()| bits.push_terminator(EcLevel::M))
            .and_then(|()| QrCode::with_bits(bits, EcLevel::M));
        match fits {
            Err(QrError::DataTooLong) => {}
            other => return other,
        }
    }
    Err(QrError::DataTooLong)
}

/// Runs of dark modules in a row become one rectangle each.
fn path(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|&&color| color == Color::Dark).count();
            if run > 0 {
                for (mark, number) in [("M", x + QUIET), (" ", y + QUIET), ("h", run), ("v1h-", run)] {
                    path.push_str(mark);
                    path.push_str(&number.to_string());
                }
                path.push('z');
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders_and_a_quiet_zone() {
        let image = CodeImage::of("https://wallet.localhost/#lnk_1").expect("short text");
        assert_eq!(image.size, 29 + 2 * QUIET);
        assert_eq!(image.view_box(), "0 0 37 37");
        // The first row begins and ends with the seven dark modules of a finder.
        assert!(image.path.starts_with("M4 4h7v1h-7z"));
        assert!(image.path.contains("M26 4h7v1h-7z"));
        assert!(image.path.contains("M4 32h7v1h-7z"));
    }

    #[test]
    fn text_beyond_ascii_is_marked_as_utf8() {
        let plain = CodeImage::of("aaaaaaaaaaaa").expect("fits");
        let chinese = CodeImage::of("云山茶铺").expect("fits");
        assert_eq!(plain.size, chinese.size, "both hold twelve bytes");
        assert_ne!(plain.path, chinese.path);
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        assert_eq!(CodeImage::of(&"x".repeat(2_400)), Err(CodeImageError { bytes: 2_400 }));
        assert!(CodeImage::of(&"x".repeat(2_331)).is_ok());
    }
}
