//! Rust source seen as code, comments and string literals, without parsing it.
//!
//! Enough to ask "is this word used, outside comments and tests?"; not a parser: macros are text.

/// A source with comments and literals told apart from code. All texts keep the lines of the
/// source.
pub(super) struct Scan {
    /// The code alone: comments and the insides of literals are blank.
    pub(super) code: String,
    /// Code and the insides of literals: only comments are blank.
    pub(super) without_comments: String,
    /// Every string literal, with the line it starts on.
    pub(super) literals: Vec<(usize, String)>,
    test_lines: Vec<bool>,
}

impl Scan {
    pub(super) fn of(source: &str) -> Self {
        let mut reader = Reader::new(source);
        reader.read();
        let test_lines = lines_of_tests(&reader.code);
        Self {
            code: reader.code,
            without_comments: reader.without_comments,
            literals: reader.literals,
            test_lines,
        }
    }

    /// Whether that line (from 1) stands in a `#[cfg(test)]` module or function.
    pub(super) fn in_test(&self, line: usize) -> bool {
        self.test_lines.get(line - 1).copied().unwrap_or(false)
    }
}

struct Reader {
    source: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    without_comments: String,
    literals: Vec<(usize, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Literal,
}

impl Reader {
    fn new(source: &str) -> Self {
        Self {
            source: source.chars().collect(),
            at: 0,
            line: 1,
            code: String::new(),
            without_comments: String::new(),
            literals: Vec::new(),
        }
    }

    fn peek(&self, ahead: usize) -> char {
        self.source.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self, part: Part) -> char {
        let c = self.peek(0);
        let blank = if c == '\n' { '\n' } else { ' ' };
        self.code.push(if part == Part::Code { c } else { blank });
        self.without_comments
            .push(if part == Part::Comment { blank } else { c });
        if c == '\n' {
            self.line += 1;
        }
        self.at += 1;
        c
    }

    fn read(&mut self) {
        while self.at < self.source.len() {
            let word_before = self.at > 0 && is_word(self.source[self.at - 1]);
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => self.line_comment(),
                ('/', '*') => self.block_comment(),
                ('r', '"' | '#') if !word_before && self.raw_hashes(1).is_some() => self.raw(1),
                ('b', 'r') if !word_before && self.raw_hashes(2).is_some() => self.raw(2),
                ('"', _) => self.string(),
                ('\'', _) => self.character(),
                _ => {
                    self.take(Part::Code);
                }
            }
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.source.len() && self.peek(0) != '\n' {
            self.take(Part::Comment);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.source.len() {
            let pair = (self.peek(0), self.peek(1));
            self.take(Part::Comment);
            match pair {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => continue,
            }
            self.take(Part::Comment);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.take(Part::Code);
        while self.at < self.source.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                text.push(self.take(Part::Literal));
            }
            text.push(self.take(Part::Literal));
        }
        self.take(Part::Code);
        self.literals.push((line, text));
    }

    /// The number of `#` of a raw string whose prefix has that length; none if it is not one.
    fn raw_hashes(&self, prefix: usize) -> Option<usize> {
        let hashes = (0..256)
            .take_while(|i| self.peek(prefix + i) == '#')
            .count();
        (self.peek(prefix + hashes) == '"').then_some(hashes)
    }

    fn raw(&mut self, prefix: usize) {
        let line = self.line;
        let hashes = self.raw_hashes(prefix).unwrap_or(0);
        for _ in 0..=prefix + hashes {
            self.take(Part::Code);
        }
        let mut text = String::new();
        while self.at < self.source.len() {
            if self.peek(0) == '"' && (1..=hashes).all(|i| self.peek(i) == '#') {
                break;
            }
            text.push(self.take(Part::Literal));
        }
        for _ in 0..=hashes {
            self.take(Part::Code);
        }
        self.literals.push((line, text));
    }

    /// A character literal is blanked; a lifetime stays code.
    fn character(&mut self) {
        let escaped = self.peek(1) == '\\';
        if !escaped && self.peek(2) != '\'' {
            self.take(Part::Code);
            return;
        }
        self.take(Part::Code);
        if escaped {
            self.take(Part::Literal);
        }
        self.take(Part::Literal);
        while self.at < self.source.len() && self.peek(0) != '\'' {
            self.take(Part::Literal);
        }
        self.take(Part::Code);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Marks the lines from each `#[cfg(test)]` to the end of the item that follows.
fn lines_of_tests(code: &str) -> Vec<bool> {
    let mut marks = vec![false; code.lines().count()];
    for (start, _) in code.match_indices("#[cfg(test)]") {
        let rest = &code[start..];
        let mut depth = 0usize;
        let mut end = rest.len();
        for (i, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && (c == '}' || c == ';') {
                end = i;
                break;
            }
        }
        let first = code[..start].matches('\n').count();
        let last = first + rest[..end].matches('\n').count();
        for mark in marks.iter_mut().take(last + 1).skip(first) {
            *mark = true;
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::Scan;

    #[test]
    fn comments_and_literals_are_blank_and_lines_stay() {
        let scan = Scan::of("let a = \"std::fs\"; // std::fs\nlet b = r#\"x\"y\"#; /* z\n*/ c");
        assert!(!scan.code.contains("std::fs"));
        assert_eq!(scan.code.lines().count(), 3);
        assert_eq!(
            scan.literals,
            [(1, "std::fs".to_owned()), (2, "x\"y".to_owned())]
        );
        assert!(scan.without_comments.contains("\"std::fs\""));
        assert!(!scan.without_comments.contains('z'));
    }

    #[test]
    fn quotes_as_characters_do_not_open_strings() {
        let scan = Scan::of("fn f<'a>(c: &'a char) { if c == '\"' || c == '\\'' { g(\"h\") } }");
        assert_eq!(scan.literals, [(1, "h".to_owned())]);
    }

    #[test]
    fn tests_are_told_apart() {
        let scan = Scan::of("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}");
        let marks: Vec<bool> = (1..=6).map(|line| scan.in_test(line)).collect();
        assert_eq!(marks, [false, true, true, true, true, false]);
    }
}
