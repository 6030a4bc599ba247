//! Precompressed forms, for servers that hand them out as they are.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};

type Compress = fn(&[u8]) -> io::Result<Vec<u8>>;

/// The endings of the precompressed forms, with what makes them.
pub(crate) const FORMS: [(&str, Compress); 2] = [("br", brotli), ("gz", gzip)];

/// Neither time nor name goes into the header: the same bytes in give the same bytes out.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = BrotliEncoderParams { quality: 9, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_went_in_comes_out_and_always_the_same() {
        let text = r#"{"version":1,"counts":{"/2017/été/":3}}"#.repeat(50).into_bytes();
        let (mut from_gzip, mut from_brotli) = (Vec::new(), Vec::new());
        let gz = gzip(&text).expect("gzip");
        let br = brotli(&text).expect("brotli");
        flate2::read::GzDecoder::new(&*gz).read_to_end(&mut from_gzip).expect("gunzip");
        brotli::Decompressor::new(&*br, 4096).read_to_end(&mut from_brotli).expect("unbrotli");
        assert_eq!((&from_gzip, &from_brotli), (&text, &text));
        assert_eq!((gzip(&text).expect("gzip"), brotli(&text).expect("brotli")), (gz, br));
    }
}
