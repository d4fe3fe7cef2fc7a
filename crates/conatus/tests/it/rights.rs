//! Rights from the command line: law files checked, situations answered, and what is wrong said.

use crate::installation::{program, run};
use serde_json::{Value, json};
use std::fs;

fn situation(wage: i64) -> Value {
    json!({
        "individus": { "a": { "date_naissance": { "ETERNITY": "1980-01-01" }, "salaire_net": { "2025": wage * 12 } } },
        "familles": { "f": { "parents": ["a"], "rsa": { "2025-06": null } } },
    })
}

#[test]
fn lines_are_answered_one_by_one_and_a_wrong_one_by_its_error() {
    let mut command = program();
    command.args(["rights", "calculate", "-", "--lines"]);
    let mut unknown = situation(0);
    unknown["individus"]["a"]["licorne"] = json!({ "2025": 1 });
    let input = format!(
        "{}\n{unknown}\nnot json\n{}\n",
        situation(0),
        situation(3000)
    );
    let ran = run(command, &input);
    assert_eq!(ran.code, 1);
    let answers: Vec<Value> = ran
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(answers.len(), 4);
    // The allowance of one person from April 2025: decree of revaluation, CASF L262-2.
    assert_eq!(answers[0]["familles"]["f"]["rsa"]["2025-06"], json!(646.52));
    assert!(answers[1]["error"].to_string().contains("licorne"));
    assert!(answers[2]["error"].to_string().contains("JSON"));
    assert_eq!(answers[3]["familles"]["f"]["rsa"]["2025-06"], json!(0));
}

#[test]
fn law_files_of_a_folder_are_checked_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("aide.droit");
    let aid = "règle aide_locale : montant, famille, mois\n  libellé \"Aide du département\"\n  loi \"Règlement départemental, art. 1\"\n";
    fs::write(
        &file,
        format!("{aid}  = si rsa > 0 € alors 50 € sinon zéro\n"),
    )
    .unwrap();
    let check = || {
        let mut command = program();
        command
            .args(["rights", "check", "--law"])
            .arg(folder.path());
        run(command, "")
    };
    let wrong = check();
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.out.contains("aide.droit:4:35: « zéro » is not known"),
        "{}",
        wrong.out
    );
    assert!(wrong.out.contains("^^^^"), "{}", wrong.out);

    fs::write(
        &file,
        format!("{aid}  = si rsa > 0 € alors 50 € sinon 0 €\n"),
    )
    .unwrap();
    assert_eq!(check().code, 0);
    let mut sent = situation(0);
    sent["familles"]["f"]["aide_locale"] = json!({ "2025-06": null });
    let mut command = program();
    command
        .args(["rights", "calculate", "-", "--law"])
        .arg(folder.path());
    let ran = run(command, &sent.to_string());
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["familles"]["f"]["aide_locale"]["2025-06"], json!(50));
}
