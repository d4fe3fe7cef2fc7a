//! The reference, installed once under `target/oracle` from the public registry, at one version.

use crate::run::{aloud, program, works};
use std::path::PathBuf;

const VERSION: &str = "176.1.8";

/// Where the reference stands.
pub(super) struct Place {
    pub python: String,
    pub sources: PathBuf,
    pub meta: PathBuf,
}

pub(super) fn installed() -> Result<Place, String> {
    let root = PathBuf::from("target/oracle");
    let python = root.join("bin/python").display().to_string();
    let pinned = format!("openfisca-france=={VERSION}");
    if !works(program(&python, &["-c", "import openfisca_france"])) {
        aloud(program("python3", &["-m", "venv", "target/oracle"]))?;
        aloud(program(&python, &["-m", "pip", "-q", "install", &pinned]))?;
    }
    let sources = root.join(format!("src/openfisca_france-{VERSION}"));
    if !sources.join("tests").exists() {
        let archive = root.join("sdist");
        let to = archive.display().to_string();
        let download = [
            "-m",
            "pip",
            "-q",
            "download",
            "--no-deps",
            "--no-binary",
            ":all:",
            "-d",
            &to,
            &pinned,
        ];
        aloud(program(&python, &download))?;
        let folder = root.join("src");
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let file = archive
            .join(format!("openfisca_france-{VERSION}.tar.gz"))
            .display()
            .to_string();
        aloud(program(
            "tar",
            &["xzf", &file, "-C", &folder.display().to_string()],
        ))?;
    }
    let meta = root.join("variables.json");
    if !meta.exists() {
        let to = meta.display().to_string();
        aloud(program(
            &python,
            &["xtask/oracle/reference.py", "meta", &to],
        ))?;
    }
    Ok(Place {
        python,
        sources,
        meta,
    })
}
