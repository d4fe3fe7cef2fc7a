//! Rights from the command line: law files checked, situations answered, and what is wrong said.

use crate::{
    browser::Browser,
    installation::{Installation, Server, program, run, team},
};
use serde_json::{Value, json};
use std::{fs, thread, time::Duration};

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

/// Keys are made, listed and taken back in a folder where nothing else need be.
#[test]
fn keys_are_shown_once_kept_as_hashes_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let key = |words: &[&str]| {
        let mut command = program();
        command.arg("--data").arg(folder.path());
        command.args(["rights", "key"]).args(words);
        run(command, "")
    };
    assert_eq!(key(&["list"]).gives(0).out, "");
    let made = key(&["new", "ccas", "--rate", "50"])
        .gives(0)
        .tells("interface is off");
    let secret = made.out.trim();
    assert!(secret.len() > 70, "{secret}");
    key(&["new", "ccas"]).gives(2).refused("already");
    key(&["new", "à côté"]).gives(2).refused("name");
    key(&["new", "autre", "--rate", "0"]).gives(2);
    let file = folder.path().join("calculate.keys");
    let kept = fs::read_to_string(&file).unwrap();
    assert!(!kept.contains(secret.rsplit('-').next().unwrap()), "{kept}");
    let mode = fs::metadata(&file).unwrap().permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );
    let other = key(&["new", "autre"]).gives(0).out;
    assert_ne!(other.trim(), secret);
    let listed = key(&["list"]).gives(0).out;
    assert!(listed.contains("ccas") && listed.contains("50 a second"));
    key(&["revoke", "ccas"]).gives(0);
    key(&["revoke", "ccas"]).gives(4).refused("no key");
    let listed = key(&["list"]).gives(0).out;
    assert!(
        listed.contains("autre") && !listed.contains("ccas"),
        "{listed}"
    );
    fs::write(&file, "key = 3\n").unwrap();
    key(&["new", "encore"]).gives(2).refused("no file of keys");
    assert_eq!(fs::read_to_string(&file).unwrap(), "key = 3\n");
}

#[test]
fn an_installations_own_law_is_what_records_and_programs_go_by() {
    let made = Installation::new();
    let folder = made.data().join("law");
    fs::create_dir(&folder).unwrap();
    let aid = "règle aide_locale : montant, famille, mois\n  libellé \"Aide du département\"\n  loi \"Règlement départemental, art. 1\"\n  = si rsa > 0 € alors 50 € sinon 0 €\n\n\
        droit aide_locale : famille, mois\n  libellé \"Aide du département\"\n  loi \"Règlement départemental, art. 1\"\n  montant aide_locale\n";
    fs::write(folder.join("aide.droit"), aid).unwrap();
    let file = made.data().join("conatus.toml");
    let told = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("calculate = true\nlaw = \"law\"\n{told}")).unwrap();
    let server = Server::start(&made.data());
    let key = made.run(&["rights", "key", "new", "ccas"], "").gives(0).out;
    let mut sent = situation(0);
    sent["familles"]["f"]["aide_locale"] = json!({ "2025-06": null });
    let mut answer = None;
    for _ in 0..200 {
        let asked =
            Browser::new(server.port).calculate("/calculate", key.trim(), &sent.to_string());
        if asked.status == 200 {
            answer = Some(asked.text);
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
    assert_eq!(answer["familles"]["f"]["aide_locale"]["2025-06"], json!(50));
    let mut desk = made.browser(&server);
    let team = team(&mut desk);
    desk.get("/personnes/nouvelle").is(200);
    let fields = [
        ("birth_name", "Diallo"),
        ("given_names", "Amadou"),
        ("title", "unsaid"),
        ("recovery", "yes"),
        ("team", team.as_str()),
    ];
    let brought = desk.post("/personnes/nouvelle", &fields).is(303);
    let record = brought.header("location").unwrap().to_owned();
    let rights = record.replace("/carte", "/droits");
    let page = desk.get(&rights).is(200);
    assert!(page.text.contains("Aide du département"), "{}", page.text);
    drop(server);

    // What is wrong in it is told, and nothing is served by half a law.
    fs::write(folder.join("aide.droit"), aid.replace("50 €", "zéro")).unwrap();
    made.run(&["serve", "--listen", "127.0.0.1:0"], "")
        .gives(1)
        .refused("law files are wrong");
}

/// Asks until it is answered so: a node looks every few seconds whether keys changed.
fn until(status: u16, port: u16, key: &str) -> String {
    for _ in 0..200 {
        let answer = Browser::new(port).calculate("/calculate", key, &situation(0).to_string());
        if answer.status == status {
            return answer.text;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("never {status}");
}

#[test]
fn it_is_served_where_told_to_keys_made_and_taken_back_meanwhile() {
    let made = Installation::new();
    let off = Server::start(&made.data());
    let key = made.run(&["rights", "key", "new", "ccas"], "").gives(0).out;
    let key = key.trim();
    let sent = situation(0).to_string();
    Browser::new(off.port)
        .calculate("/calculate", key, &sent)
        .is(404);
    drop(off);

    let file = made.data().join("conatus.toml");
    let told = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("calculate = true\n{told}")).unwrap();
    let on = Server::start(&made.data());
    let answer = Browser::new(on.port)
        .calculate("/calculate", key, &sent)
        .is(200);
    // One code path: the command line says the same.
    let mut command = program();
    command.args(["rights", "calculate", "-"]);
    let line = run(command, &sent).gives(0).json();
    let answer: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(answer, line);
    let traced = Browser::new(on.port)
        .calculate("/trace", key, &sent)
        .is(200);
    assert!(traced.bytes.len() <= 50_000);

    made.run(&["rights", "key", "revoke", "ccas"], "").gives(0);
    until(401, on.port, key);
    let other = made
        .run(&["rights", "key", "new", "autre"], "")
        .gives(0)
        .out;
    until(200, on.port, other.trim());
}

/// A household of one and one of four, with what each is paid.
const TABLE: &str = "\
menage;role;date_naissance;salaire_imposable@2023;salaire_net;poids
un;personne_de_reference;1980-01-01;0;0;10,5
deux;personne_de_reference;1985-01-01;24000;1800,50;2
deux;conjoint;1986-01-01;;;2
deux;enfant;2012-01-15;;;2
deux;enfant;2016-06-15;;;2
";

#[test]
fn a_table_is_answered_household_by_household_and_summed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.csv");
    let ask = |content: &str, more: &[&str]| {
        fs::write(&file, content).unwrap();
        let mut command = program();
        command.args(["rights", "population"]).arg(&file);
        command.args(["--month", "2025-06", "--rights", "af,rsa"]);
        command.args(more);
        run(command, "")
    };
    let lines = ask(TABLE, &[]).gives(0).out;
    assert!(lines.starts_with("menage,entite,nom,droit,indication,montant,manque\n"));
    // The allowance of one person from April 2025: decree of revaluation, CASF L262-2.
    assert!(
        lines.contains("un,famille,un,rsa,probable,646.52,\n"),
        "{lines}"
    );
    assert!(lines.contains("un,famille,un,af,peu_probable,"), "{lines}");
    assert!(lines.contains("deux,famille,deux,af,probable,"), "{lines}");
    let all = ask(TABLE, &["--summary", "--json"]).gives(0).json();
    assert_eq!(all["households"], 2);
    let rsa = &all["rights"].as_array().unwrap()[1];
    assert_eq!(
        (rsa["probable"].as_f64(), rsa["peu_probable"].as_f64()),
        (Some(10.5), Some(2.0))
    );
    assert!((rsa["euros"].as_f64().unwrap() - 10.5 * 646.52).abs() < 0.01);
    // What is wrong: a column, a cell, a household in two parts.
    let ran = ask("menage,licorne\n1,1\n", &[]).gives(2);
    ran.refused("licorne").refused("Hint: docs/RIGHTS.md");
    let ran = ask(&TABLE.replace("1986-01-01", "hier"), &[]).gives(1);
    ran.refused("row 3, column date_naissance")
        .refused("Hint: ");
    let skipped = ask(&TABLE.replace("1986-01-01", "hier"), &["--skip-invalid"]);
    assert_eq!(skipped.code, 1);
    assert!(skipped.out.contains("un,famille,un,rsa") && !skipped.out.contains("deux,"));
    skipped.tells("1 households were passed over");
    let apart = format!("{TABLE}un;enfant;2020-01-01;;;\n");
    ask(&apart, &[]).gives(1).refused("row 6");
}

#[test]
fn a_parquet_table_is_answered_as_the_same_in_csv() {
    use parquet::{
        column::writer::ColumnWriter,
        data_type::ByteArray,
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };
    let folder = tempfile::tempdir().unwrap();
    let (parquet, csv) = (folder.path().join("table"), folder.path().join("table.csv"));
    let schema = "message table {
        required int64 menage; required binary role (UTF8); required int32 date_naissance (DATE);
        optional double salaire_net; }";
    let schema = parse_message_type(schema).unwrap();
    let compressed = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::SNAPPY)
        .build();
    let out = fs::File::create(&parquet).unwrap();
    let mut writer = SerializedFileWriter::new(out, schema.into(), compressed.into()).unwrap();
    let mut rows = writer.next_row_group().unwrap();
    let texts = |all: [&str; 3]| all.map(|text| ByteArray::from(text.as_bytes().to_vec()));
    while let Some(mut column) = rows.next_column().unwrap() {
        match column.untyped() {
            ColumnWriter::Int64ColumnWriter(w) => w.write_batch(&[1, 2, 2], None, None).unwrap(),
            ColumnWriter::ByteArrayColumnWriter(w) => {
                let roles = texts(["personne_de_reference", "personne_de_reference", "conjoint"]);
                w.write_batch(&roles, None, None).unwrap()
            }
            // 1980-01-01 and 1990-01-01, in days.
            ColumnWriter::Int32ColumnWriter(w) => {
                w.write_batch(&[3652, 7305, 7305], None, None).unwrap()
            }
            ColumnWriter::DoubleColumnWriter(w) => {
                w.write_batch(&[512.3], Some(&[0, 1, 0]), None).unwrap()
            }
            _ => panic!("a column that was not written above"),
        };
        column.close().unwrap();
    }
    rows.close().unwrap();
    writer.close().unwrap();
    let same = "menage,role,date_naissance,salaire_net\n1,personne_de_reference,1980-01-01,\n2,personne_de_reference,1990-01-01,512.3\n2,conjoint,1990-01-01,\n";
    fs::write(&csv, same).unwrap();
    let ask = |file: &std::path::Path| {
        let mut command = program();
        command.args(["rights", "population"]).arg(file);
        command.args(["--month", "2025-06"]);
        run(command, "").gives(0).out.clone()
    };
    let answer = ask(&parquet);
    assert!(
        answer.contains("1,famille,1,rsa,probable,646.52,"),
        "{answer}"
    );
    assert_eq!(answer, ask(&csv));
}
