//! Has the embedded migrations and the checked queries expanded again when what they read changes.

fn main() {
    for path in ["migrations", ".sqlx"] {
        println!("cargo::rerun-if-changed={path}");
    }
}
