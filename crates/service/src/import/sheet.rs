//! Reading sheets: xlsx, ods, and csv in UTF-8 or Windows-1252, with commas or semicolons.

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use std::io::Cursor;

/// The most rows a sheet may hold.
const MOST_ROWS: usize = 50_000;

/// Why a file cannot be read as a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Neither xlsx, ods nor csv.
    #[error("not a spreadsheet: xlsx, ods or csv are read")]
    Kind,
    /// It cannot be read to its end.
    #[error("the spreadsheet is damaged")]
    Damaged,
    /// Nothing in it.
    #[error("the spreadsheet is empty")]
    Empty,
    /// Too many rows.
    #[error("more than 50,000 rows: split the spreadsheet")]
    TooLong,
}

impl SheetError {
    /// The Fluent key that says it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kind => "error-sheet-kind",
            Self::Damaged => "error-sheet-damaged",
            Self::Empty => "error-sheet-empty",
            Self::TooLong => "error-sheet-long",
        }
    }
}

/// The rows of a file's first sheet with their numbers from 1, as text; days as `1988-07-12`.
///
/// # Errors
/// [`SheetError`] where it is not one, is damaged, empty or too long.
pub fn read_sheet(name: &str, bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    let rows = if bytes.starts_with(b"PK") {
        read_workbook(bytes)?
    } else if bytes.contains(&0)
        || (!name.to_lowercase().ends_with(".csv") && bytes.starts_with(b"%PDF"))
    {
        return Err(SheetError::Kind);
    } else {
        read_csv(bytes)?
    };
    let rows: Vec<_> = rows
        .into_iter()
        .skip_while(|(_, cells)| cells.iter().all(|c| c.trim().is_empty()))
        .collect();
    match rows.len() {
        0 => Err(SheetError::Empty),
        n if n > MOST_ROWS => Err(SheetError::TooLong),
        _ => Ok(rows),
    }
}

fn read_workbook(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| SheetError::Kind)?;
    let first = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or(SheetError::Empty)?;
    let range = book
        .worksheet_range(&first)
        .map_err(|_| SheetError::Damaged)?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let pad = usize::try_from(left).unwrap_or(0);
    let numbered = range.rows().enumerate().map(|(i, row)| {
        let mut cells = vec![String::new(); pad];
        cells.extend(row.iter().map(cell));
        (usize::try_from(top).unwrap_or(0) + i + 1, cells)
    });
    // A sheet's range may hold a million formatted, empty rows.
    Ok(numbered
        .filter(|(_, cells)| cells.iter().any(|c| !c.is_empty()))
        .collect())
}

fn cell(data: &Data) -> String {
    match data {
        Data::String(text) => text.trim().to_owned(),
        Data::Int(n) => n.to_string(),
        Data::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        Data::Float(n) => n.to_string(),
        Data::Bool(true) => "OUI".to_owned(),
        Data::Bool(false) => "NON".to_owned(),
        Data::DateTime(at) => at
            .as_datetime()
            .map(|d| d.date().to_string())
            .unwrap_or_default(),
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn read_csv(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
        }
    };
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let delimiter = if count(';') >= count(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|_| SheetError::Damaged)?;
        rows.push((number, record.iter().map(|c| c.trim().to_owned()).collect()));
        if rows.len() > MOST_ROWS {
            return Err(SheetError::TooLong);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_read_in_both_encodings_and_with_both_delimiters() {
        for (bytes, expected) in [
            (
                "Nom,Prénom\nTouré,Aïcha\n".as_bytes().to_vec(),
                ["Touré", "Aïcha"],
            ),
            (
                "\u{feff}Nom;Prénom\nTouré;Aïcha\n".as_bytes().to_vec(),
                ["Touré", "Aïcha"],
            ),
            (
                b"Nom;Pr\xe9nom\nTour\xe9;A\xefcha\n".to_vec(),
                ["Touré", "Aïcha"],
            ),
        ] {
            let rows = read_sheet("gens.csv", &bytes).unwrap();
            assert_eq!(rows[1], (2, expected.map(str::to_owned).to_vec()));
        }
    }

    #[test]
    fn what_is_no_sheet_is_said_to_be_none() {
        assert_eq!(
            read_sheet("a.xlsx", b"PK\x03\x04rest").unwrap_err(),
            SheetError::Kind
        );
        assert_eq!(
            read_sheet("a.bin", b"\0\x01\x02").unwrap_err(),
            SheetError::Kind
        );
        assert_eq!(read_sheet("a.csv", b"\n\n").unwrap_err(), SheetError::Empty);
    }
}
