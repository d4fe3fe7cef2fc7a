//! Letters without what changes from one hand to another: case, accents, ligatures, curly quotes.

use unicode_normalization::UnicodeNormalization;

/// The text in lower case without accents; an apostrophe is straight, `œ` is `oe`, `æ` is `ae`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd() {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'œ' | 'Œ' => out.push_str("oe"),
            'æ' | 'Æ' => out.push_str("ae"),
            '’' | '‘' | 'ʼ' | '`' | '´' => out.push('\''),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push(' '),
            '‐' | '‑' | '–' | '—' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn what_hands_change_is_left_out() {
        assert_eq!(fold("Élève À L’ŒUVRE"), "eleve a l'oeuvre");
        assert_eq!(fold("maïs – 3\u{a0}mois"), "mais - 3 mois");
    }
}
