// Documents to put in a safe: a photo of real pixels, a small PDF, a spreadsheet of invented people;
// the real ones beside the project where they are.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared/data/domiciliation/', import.meta.url));

/** A file of the data beside the project, or nothing where it is not. */
export function real(name) {
  return existsSync(beside + name) ? beside + name : null;
}

/** A JPEG as a telephone makes one. */
export async function photo(browser, words) {
  const page = await browser.newPage({ viewport: { width: 640, height: 420 } });
  await page.setContent(`<body style="background:#dfe7e2;font:28px serif;padding:60px">${words}</body>`);
  const bytes = await page.screenshot({ type: 'jpeg', quality: 70 });
  await page.close();
  return { name: 'IMG_0412.jpg', mimeType: 'image/jpeg', buffer: bytes };
}

/** A one-page PDF that says these words. */
export function pdf(words) {
  const stream = `BT /F1 18 Tf 60 700 Td (${words}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const starts = objects.map((object, i) => {
    const start = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = text.length;
  const rows = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return { name: 'attestation.pdf', mimeType: 'application/pdf', buffer: Buffer.from(text, 'latin1') };
}

/** The real form where it is beside the project, else one of ours. */
export function form() {
  const path = real('cerfa-16030-01-attestation-election-domicile.pdf');
  if (!path) return pdf('Attestation de domiciliation');
  return { name: 'attestation.pdf', mimeType: 'application/pdf', buffer: readFileSync(path) };
}
