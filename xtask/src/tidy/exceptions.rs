//! `xtask/tidy.toml`: what a rule lets through on purpose, each with its reason.

use super::tree::Finding;
use serde::Deserialize;

const FILE: &str = "xtask/tidy.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exceptions {
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    rule: String,
    /// A file, or a folder when it ends with `/`.
    path: String,
    /// A part of what the finding says; everything when absent.
    #[serde(default)]
    about: String,
    reason: String,
}

impl Exception {
    fn excuses(&self, finding: &Finding) -> bool {
        let here = if self.path.ends_with('/') {
            finding.path.starts_with(&self.path)
        } else {
            finding.path == self.path
        };
        here && finding.rule == self.rule && finding.what.contains(&self.about)
    }
}

impl Exceptions {
    pub(super) fn read() -> Result<Self, String> {
        let text = std::fs::read_to_string(FILE).map_err(|e| format!("{FILE}: {e}"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| format!("{FILE}: {e}"))
    }

    /// What remains of the findings, with those about the exceptions themselves.
    pub(super) fn apply(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let mut faults = Vec::new();
        for exception in &self.exception {
            let about = format!("{} in {}", exception.rule, exception.path);
            if exception.reason.split_whitespace().count() < 4 {
                let what = format!("the exception to {about} gives no reason");
                faults.push(Finding::new(FILE, 1, "exceptions", what));
            }
            if !findings.iter().any(|finding| exception.excuses(finding)) {
                let what = format!("the exception to {about} excuses nothing: remove it");
                faults.push(Finding::new(FILE, 1, "exceptions", what));
            }
        }
        let kept = findings
            .into_iter()
            .filter(|f| !self.exception.iter().any(|e| e.excuses(f)));
        faults.into_iter().chain(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "[[exception]]\nrule = \"sizes\"\npath = \"a.rs\"\nreason = \"a table of known answers\"\n";

    #[test]
    fn an_exception_excuses_its_own_file_and_rule_only() {
        let list = Exceptions::parse(LIST).unwrap();
        let kept = list.apply(vec![
            Finding::new("a.rs", 1, "sizes", "long"),
            Finding::new("b.rs", 1, "sizes", "long"),
        ]);
        assert_eq!(kept, [Finding::new("b.rs", 1, "sizes", "long")]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_found() {
        let kept = Exceptions::parse(LIST).unwrap().apply(Vec::new());
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].rule, "exceptions");
    }

    #[test]
    fn an_exception_without_a_reason_is_found() {
        let list = LIST.replace("a table of known answers", "because");
        let list = Exceptions::parse(&list).unwrap();
        assert_eq!(
            list.apply(vec![Finding::new("a.rs", 1, "sizes", "long")])
                .len(),
            1
        );
    }
}
