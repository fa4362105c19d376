//! Whether a name mixes scripts that hold look-alikes.
//!
//! The restriction level is *Highly Restrictive* of Unicode UTS #39 section 5.2: letters of one script, or Latin together
//! with Han and one of kana, Bopomofo or Hangul. Scripts are told apart by the blocks that hold living alphabets, which
//! takes a table of a few hundred bytes instead of the 2,200 ranges of `Scripts.txt` in every first load; letters outside
//! of these blocks count as one script more, so an unknown alphabet is refused beside any other, never let through.

/// A script as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Han,
    Kana,
    Bopomofo,
    Hangul,
    /// One of the alphabets that stand alone, by the start of its first block.
    Alone(u32),
}

/// First and last code point of blocks, and the start that names the script.
const ALONE: [(u32, u32, u32); 20] = [
    (0x370, 0x3ff, 0x370),
    (0x1f00, 0x1fff, 0x370),
    (0x400, 0x52f, 0x400),
    (0x1c80, 0x1c8f, 0x400),
    (0x2de0, 0x2dff, 0x400),
    (0xa640, 0xa69f, 0x400),
    (0x530, 0x58f, 0x530),
    (0x590, 0x5ff, 0x590),
    (0x600, 0x6ff, 0x600),
    (0x750, 0x77f, 0x600),
    (0x8a0, 0x8ff, 0x600),
    (0x900, 0x97f, 0x900),
    (0x980, 0x9ff, 0x980),
    (0xb80, 0xbff, 0xb80),
    (0xe00, 0xe7f, 0xe00),
    (0xf00, 0xfff, 0xf00),
    (0x1000, 0x109f, 0x1000),
    (0x10a0, 0x10ff, 0x10a0),
    (0x1780, 0x17ff, 0x1780),
    (0x1800, 0x18af, 0x1800),
];

pub(super) fn mixes_scripts(text: &str) -> bool {
    let mut seen: Vec<Script> = Vec::new();
    for script in text.chars().filter_map(script) {
        if !seen.contains(&script) {
            seen.push(script);
        }
    }
    let alone = seen.iter().any(|script| matches!(script, Script::Alone(_)));
    let beside_han =
        seen.iter().filter(|script| matches!(script, Script::Kana | Script::Bopomofo | Script::Hangul)).count();
    seen.len() > 1 && (alone || beside_han > 1)
}

/// The script of a letter; nothing for digits, marks, punctuation and pictures, which go with every script.
fn script(character: char) -> Option<Script> {
    let point = u32::from(character);
    if !character.is_alphabetic() || crate::unicode::is_combining_mark(character) {
        return None;
    }
    Some(match point {
        0xaa | 0xba | 0x2b0..=0x2ff => return None,
        0x41..=0x24f
        | 0x250..=0x2af
        | 0x1d00..=0x1d7f
        | 0x1e00..=0x1eff
        | 0x2c60..=0x2c7f
        | 0xa720..=0xa7ff
        | 0xab30..=0xab6f
        | 0xff21..=0xff5a => Script::Latin,
        0x3005..=0x3007 | 0x3021..=0x3029 | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff => {
            Script::Han
        }
        0x3041..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f => Script::Kana,
        0x3105..=0x312f | 0x31a0..=0x31bf => Script::Bopomofo,
        0x1100..=0x11ff | 0x3131..=0x318e | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xffa1..=0xffdc => Script::Hangul,
        _ => {
            let block = ALONE.iter().find(|(first, last, _)| (*first..=*last).contains(&point));
            Script::Alone(block.map_or(0, |&(_, _, name)| name))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::mixes_scripts;

    #[test]
    fn one_script_and_the_east_asian_sets_pass() {
        for text in [
            "Ming",
            "李明",
            "Ming 李明",
            "田中さくら Tanaka",
            "홍길동 洪吉童 Hong",
            "Мария",
            "Ελένη 2",
            "🐟 fish",
            "迪丽热巴·迪力木拉提",
            "ＡＢＣ",
        ] {
            assert!(!mixes_scripts(text), "{text}");
        }
    }

    #[test]
    fn look_alikes_are_told() {
        for text in ["Pаypal", "Μing", "李明 Мин", "さくら 길동", "Ճohn", "Ꭺlice"] {
            assert!(mixes_scripts(text), "{text}");
        }
    }
}
