//! A table of a file, row by row: CSV in UTF-8 with commas, semicolons or tabs, or Parquet.

use crate::error::{Failure, Kind, Outcome};
use jiff::{ToSpan, civil::date};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, reader::RowIter},
};
use rights::population::Row;
use serde_json::{Number, Value};
use std::{
    fs::File,
    io::{BufRead, BufReader, Seek},
    path::Path,
};

/// The first bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";

/// A table whose headings were read.
pub(super) struct Table {
    pub(super) headings: Vec<String>,
    /// Whether numbers may be written with a comma.
    pub(super) comma: bool,
    content: Content,
}

enum Content {
    Csv(csv::Reader<BufReader<File>>),
    Parquet(SerializedFileReader<File>),
}

impl Table {
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let unread = |e: &std::io::Error| Failure::io("the table cannot be read", e);
        let mut file = BufReader::new(File::open(path).map_err(|e| unread(&e))?);
        let start = file.fill_buf().map_err(|e| unread(&e))?;
        if start.starts_with(PARQUET) {
            return Self::parquet(file.into_inner());
        }
        let marked = start.starts_with(b"\xef\xbb\xbf");
        let first = start
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let cells = |mark: u8| first.split(|byte| *byte == mark).count();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|mark| cells(*mark));
        let delimiter = delimiter.unwrap_or(b',');
        let begin = if marked { 3 } else { 0 };
        file.seek(std::io::SeekFrom::Start(begin))
            .map_err(|e| unread(&e))?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(file);
        let headings = reader.headers().map_err(|e| no_csv(&e))?;
        let headings: Vec<String> = headings.iter().map(str::to_owned).collect();
        Ok(Self {
            headings,
            comma: delimiter != b',',
            content: Content::Csv(reader),
        })
    }

    fn parquet(file: File) -> Outcome<Self> {
        let reader = SerializedFileReader::new(file).map_err(|e| no_parquet(&e))?;
        let schema = reader.metadata().file_metadata().schema_descr();
        let columns = schema.columns();
        if let Some(nested) = columns.iter().find(|c| c.path().parts().len() != 1) {
            let what = format!("the column {} is no plain value", nested.path());
            return Err(Failure::new(Kind::Usage, what));
        }
        let headings = columns.iter().map(|column| column.name().to_owned());
        Ok(Self {
            headings: headings.collect(),
            comma: false,
            content: Content::Parquet(reader),
        })
    }

    /// Its rows, in order.
    pub(super) fn rows(self) -> Box<dyn Iterator<Item = Outcome<Row>>> {
        match self.content {
            Content::Csv(reader) => Box::new(reader.into_records().map(|record| {
                let record = record.map_err(|e| no_csv(&e))?;
                Ok(record
                    .iter()
                    .map(|cell| Value::String(cell.to_owned()))
                    .collect())
            })),
            Content::Parquet(reader) => {
                let rows = RowIter::from_file_into(Box::new(reader));
                Box::new(rows.map(|row| {
                    let row = row.map_err(|e| no_parquet(&e))?;
                    Ok(row
                        .get_column_iter()
                        .map(|(_, field)| cell(field))
                        .collect())
                }))
            }
        }
    }
}

fn no_csv(error: &csv::Error) -> Failure {
    Failure::new(
        Kind::Found,
        "the table is no CSV in UTF-8 with as many cells in each row",
    )
    .cause(error)
}

fn no_parquet(error: &parquet::errors::ParquetError) -> Failure {
    Failure::new(Kind::Found, "the table is no Parquet that is read here").cause(error)
}

/// A cell as the interface writes values; what has no such form is text that no variable takes.
fn cell(field: &Field) -> Value {
    let whole = |n: i64| Value::Number(n.into());
    let floating = |n: f64| Number::from_f64(n).map_or(Value::Null, Value::Number);
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::Bool(*value),
        Field::Byte(n) => whole((*n).into()),
        Field::Short(n) => whole((*n).into()),
        Field::Int(n) => whole((*n).into()),
        Field::Long(n) => whole(*n),
        Field::UByte(n) => whole((*n).into()),
        Field::UShort(n) => whole((*n).into()),
        Field::UInt(n) => whole((*n).into()),
        Field::ULong(n) => Value::Number((*n).into()),
        // The shortest number that reads as the same: 0.1 stays 0.1.
        Field::Float(n) => floating(n.to_string().parse().unwrap_or(f64::NAN)),
        Field::Double(n) => floating(*n),
        Field::Str(text) => Value::String(text.clone()),
        Field::Date(days) => {
            let day = date(1970, 1, 1).checked_add(days.days());
            day.map_or(Value::Null, |day| Value::String(day.to_string()))
        }
        other => Value::String(other.to_string()),
    }
}
