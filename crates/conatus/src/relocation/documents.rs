//! Carrying documents: each is read once, its hash compared with what its entry says, and believed
//! to be there when the store it goes to says so.

use super::rows::Differences;
use crate::{
    error::{Failure, Outcome},
    progress,
};
use domain::id::{FileId, PersonId};
use files::Writer;
use futures_util::StreamExt;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use service::ServiceError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use storage::{CarriedTable, ENTRIES, Value};

/// Documents under way at once.
const AT_ONCE: usize = 8;

/// What entries say of the documents they bring.
#[derive(Debug, Default)]
pub(super) struct Facts(HashMap<([u8; 16], [u8; 16]), Fact>);

#[derive(Debug, Clone, Copy)]
struct Fact {
    hash: [u8; 32],
    length: u64,
}

fn bytes<const N: usize>(value: Option<&Value>) -> Option<[u8; N]> {
    match value {
        Some(Value::Bytes(bytes)) => bytes[..].try_into().ok(),
        _ => None,
    }
}

impl Facts {
    /// Learns of the document that an entry brings, if that row is one.
    pub(super) fn learn(&mut self, table: &CarriedTable, row: &[Value]) {
        if *table == ENTRIES {
            self.learn_entry(row);
        }
    }

    fn learn_entry(&mut self, row: &[Value]) -> Option<()> {
        let column = |name| {
            let at = ENTRIES.columns.iter().position(|c| c.name == name)?;
            row.get(at)
        };
        let (person, file) = (bytes(column("person_id"))?, bytes(column("file"))?);
        let hash = bytes(column("file_hash"))?;
        let Some(Value::Number(length)) = column("file_length") else {
            return None;
        };
        let length = u64::try_from(*length).ok()?;
        self.0.insert((person, file), Fact { hash, length });
        Some(())
    }

    fn of(&self, path: &Path) -> Option<Fact> {
        let (person, file) = path.as_ref().split_once('/')?;
        let person: PersonId = person.parse().ok()?;
        let file: FileId = file.parse().ok()?;
        self.0.get(&(*person.as_bytes(), *file.as_bytes())).copied()
    }

    fn paths(&self) -> impl Iterator<Item = (Path, Fact)> + '_ {
        self.0.iter().map(|((person, file), fact)| {
            let (person, file) = (PersonId::from_bytes(*person), FileId::from_bytes(*file));
            (Path::from(format!("{person}/{file}")), *fact)
        })
    }
}

fn failed(error: Error) -> Failure {
    ServiceError::from(error).into()
}

async fn lengths(store: &dyn ObjectStore) -> Outcome<HashMap<Path, u64>> {
    let mut found = HashMap::new();
    let mut listed = store.list(None);
    while let Some(object) = listed.next().await {
        let object = object.map_err(failed)?;
        found.insert(object.location, object.size);
    }
    Ok(found)
}

/// Reads a document from one store and writes it to the other; gives the hash of what was read, and
/// nothing where it is not there any more.
async fn copy(
    from: &Arc<dyn ObjectStore>,
    to: &Arc<dyn ObjectStore>,
    path: &Path,
) -> object_store::Result<Option<[u8; 32]>> {
    let got = match from.get(path).await {
        Err(Error::NotFound { .. }) => return Ok(None),
        got => got?,
    };
    let mut stream = got.into_stream();
    let mut writer = Writer::new(Arc::clone(to), path.clone());
    let mut hash = blake3::Hasher::new();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes?;
        hash.update(&bytes);
        writer.write(&bytes).await?;
    }
    writer.finish().await?;
    Ok(Some(*hash.finalize().as_bytes()))
}

/// What was found of documents.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How many are there.
    pub(super) count: u64,
    /// Those that were not what their entries say before they were moved, and were moved so.
    pub(super) faults: Differences,
}

/// Carries the documents that are not there yet, where they go elsewhere, and compares both ends.
pub(super) async fn carry(
    from: Option<&Arc<dyn ObjectStore>>,
    to: &Arc<dyn ObjectStore>,
    facts: &Facts,
    differences: &mut Differences,
) -> Outcome<Found> {
    let mut found = Found::default();
    if let Some(from) = from {
        carry_between(from, to, facts, &mut found.faults).await?;
    }
    let there = lengths(&**to).await?;
    found.count = there.len() as u64;
    if let Some(from) = from {
        let here = lengths(&**from).await?;
        for (path, length) in &here {
            match there.get(path) {
                Some(other) if other == length => {}
                Some(_) => differences.add(|| format!("document {path}: has another length")),
                None => differences.add(|| format!("document {path}: is not there")),
            }
        }
        for path in there.keys().filter(|path| !here.contains_key(path)) {
            differences.add(|| format!("document {path}: is only there"));
        }
    }
    for (path, fact) in facts.paths() {
        match there.get(&path) {
            Some(length) if *length == fact.length => {}
            Some(_) => found
                .faults
                .add(|| format!("document {path}: has not the length its entry says")),
            None => found.faults.add(|| format!("document {path}: is missing")),
        }
    }
    Ok(found)
}

async fn carry_between(
    from: &Arc<dyn ObjectStore>,
    to: &Arc<dyn ObjectStore>,
    facts: &Facts,
    faults: &mut Differences,
) -> Outcome<()> {
    files::probe(&**from).await.map_err(failed)?;
    let there = lengths(&**to).await?;
    let bar = progress::bar("Documents", facts.0.len() as u64);
    let found = Mutex::new(faults);
    let one = async |object: object_store::Result<ObjectMeta>| -> object_store::Result<()> {
        let object = object?;
        let path = &object.location;
        if there.get(path) != Some(&object.size) {
            let hash = copy(from, to, path).await?;
            let told = facts.of(path).filter(|fact| fact.length == object.size);
            if let (Some(hash), Some(told)) = (hash, told)
                && hash != told.hash
            {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.add(|| format!("document {path}: is not what its entry says"));
            }
        }
        bar.inc(1);
        Ok(())
    };
    let mut all = from.list(None).map(one).buffer_unordered(AT_ONCE);
    while let Some(done) = all.next().await {
        done.map_err(failed)?;
    }
    drop(all);
    bar.finish_and_clear();
    Ok(())
}
