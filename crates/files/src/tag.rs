//! What S3 servers say of what they hold: the MD5 of an object put whole, or of its parts' MD5s.
//! Against accidents only; what is written is authenticated by its seal and by a signed hash.

use md5::{Digest, Md5};

/// The tag that a server which kept every byte gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExpectedTag {
    parts: Vec<[u8; 16]>,
}

/// What a server's tag says of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every byte.
    Same,
    /// Other bytes, or a server that encrypts and so tags something else.
    Other,
    /// It is no such tag.
    Silent,
}

impl ExpectedTag {
    pub(crate) fn add(&mut self, part: &[u8]) {
        self.parts.push(Md5::digest(part).into());
    }

    /// `whole` where it was put at once, not in parts.
    fn text(&self, whole: bool) -> String {
        match (whole, self.parts.as_slice()) {
            (true, [only]) => hex(only),
            (_, parts) => {
                let mut all = Md5::new();
                for part in parts {
                    all.update(part);
                }
                format!("{}-{}", hex(&all.finalize()), parts.len())
            }
        }
    }

    pub(crate) fn judge(&self, whole: bool, tag: Option<&str>) -> Verdict {
        let Some(tag) = tag.map(|t| t.trim_matches('"')) else {
            return Verdict::Silent;
        };
        let (digest, count) = tag
            .split_once('-')
            .map_or((tag, None), |(d, c)| (d, Some(c)));
        let digits = digest.len() == 32 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        let counted = count.is_none_or(|c| c.parse::<u32>().is_ok());
        if !digits || !counted {
            return Verdict::Silent;
        }
        if tag.eq_ignore_ascii_case(&self.text(whole)) {
            Verdict::Same
        } else {
            Verdict::Other
        }
    }
}

impl PartialEq for ExpectedTag {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_judged_only_where_they_are_md5() {
        let mut tag = ExpectedTag::default();
        tag.add(b"abc");
        let whole = "\"900150983cd24fb0d6963f7d28e17f72\"";
        assert_eq!(tag.judge(true, Some(whole)), Verdict::Same);
        assert_eq!(tag.judge(false, Some(whole)), Verdict::Other);
        let other = "900150983cd24fb0d6963f7d28e17f73";
        assert_eq!(tag.judge(true, Some(other)), Verdict::Other);
        // A folder's tag: inode, time and size.
        assert_eq!(tag.judge(true, Some("1f2e-60f1a2-3")), Verdict::Silent);
        assert_eq!(tag.judge(true, None), Verdict::Silent);
        let parts = tag.text(false);
        assert!(parts.ends_with("-1"));
        assert_eq!(tag.judge(false, Some(&parts)), Verdict::Same);
    }
}
