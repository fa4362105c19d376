//! What others see of a legal name.

/// Masks a legal name so that somebody who knows the person recognises it and nobody else learns it.
///
/// - Names written without spaces in Chinese, Japanese or Korean letters hide the family name: 李明 → `*明`, 诸葛小明 → `**小明`
///   (from four letters on, the first two).
/// - Other names show their first word and the initial of the others: `John Smith` → `John S***`; parts joined by `·` count
///   as words: 阿依古丽·买买提 → `阿依古丽·买***`. A single word shows its initial only: `Madonna` → `M***`.
/// - A single letter is hidden whole. The number of stars does not tell the length of what is hidden, except for the family name.
pub fn mask_legal_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).collect();
    if letters.len() < 2 {
        return "*".to_owned();
    }
    let joined = !name.contains(is_break);
    if joined && letters.iter().all(|&letter| is_east_asian(letter)) {
        let hidden = if letters.len() < 4 { 1 } else { 2 };
        return "*".repeat(hidden).chars().chain(letters.into_iter().skip(hidden)).collect();
    }
    let mut masked = String::with_capacity(name.len());
    let mut first_word = !joined;
    for piece in name.split_inclusive(is_break) {
        let word = piece.trim_end_matches(is_break);
        let end = &piece[word.len()..];
        if std::mem::take(&mut first_word) && word.chars().count() > 1 {
            masked.push_str(word);
        } else if let Some(initial) = word.chars().next() {
            masked.push(initial);
            masked.push_str("***");
        }
        masked.push_str(end);
    }
    masked
}

fn is_break(character: char) -> bool {
    character.is_whitespace() || matches!(character, '·' | '•' | '・')
}

fn is_east_asian(character: char) -> bool {
    matches!(u32::from(character),
        0x3005..=0x3007 | 0x3041..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked() {
        for (name, masked) in [
            ("李明", "*明"),
            ("王小岚", "*小岚"),
            ("诸葛小明", "**小明"),
            ("李", "*"),
            ("", "*"),
            ("홍길동", "*길동"),
            ("阿依古丽·买买提", "阿依古丽·买***"),
            ("John Smith", "John S***"),
            ("J Smith", "J*** S***"),
            ("Ana María López", "Ana M*** L***"),
            ("Madonna", "M***"),
            ("Nguyễn Văn An", "Nguyễn V*** A***"),
        ] {
            assert_eq!(mask_legal_name(name), masked, "{name}");
        }
    }
}
