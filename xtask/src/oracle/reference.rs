//! The reference, started once and asked batch after batch.

use super::install::Place;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running reference.
pub(super) struct Reference {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Reference {
    pub(super) fn start(place: &Place) -> Result<Self, String> {
        let mut child = Command::new(&place.python)
            .args(["xtask/oracle/reference.py", "ask"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", place.python))?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = child.stdout.take().ok_or("no output")?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output).lines(),
        })
    }

    /// The answers of one batch: outputs and a situation, each output by its name.
    pub(super) fn ask(&mut self, batch: &Json) -> Result<BTreeMap<String, Json>, String> {
        writeln!(self.input, "{batch}").map_err(|e| e.to_string())?;
        let mut answers = BTreeMap::new();
        for line in self.output.by_ref() {
            let line = line.map_err(|e| e.to_string())?;
            let answer: Json = serde_json::from_str(&line).map_err(|e| e.to_string())?;
            match answer.get("name").and_then(Json::as_str) {
                Some(name) => answers.insert(name.to_owned(), answer.clone()),
                None => return Ok(answers),
            };
        }
        Err("the reference ended before its answer".to_owned())
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // What it still calculates serves nobody.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
