//! Precompressed forms of files, for servers that can send them as they are.

use std::cell::RefCell;
use std::io;

use brotli::enc::BrotliEncoderParams;
use libdeflater::{CompressionLvl, Compressor};

/// Files larger than this, in bytes, use a faster level, because they are written often: the counts of a large site.
const LARGE: usize = 1024 * 1024;

// Levels chosen by measurement. An article with ten comments, 4.4 KB: brotli 9 gives 1102 bytes in 4 ms, 5 gives 1107 in 0.2 ms. Others, of
// 3.6 KB on average: gzip 12 gives 758 bytes in 0.6 ms, 8 gives 761 and 6 gives 764, both in 0.02 ms. The counts of 100 000 articles, 3.7
// MB: brotli 9 gives 827 KB in 630 ms, 4 gives 989 KB in 110 ms; gzip 8 gives 910 KB in 119 ms, 6 gives 906 KB in 44 ms.
const BROTLI: [i32; 2] = [5, 4];
const GZIP: [i32; 2] = [8, 6];

thread_local! {
    // A compressor takes some hundred kilobytes, and creating one costs as much as compressing a small file.
    static COMPRESSORS: RefCell<[Compressor; 2]> =
        RefCell::new(GZIP.map(|level| Compressor::new(CompressionLvl::new(level).unwrap_or_default())));
}

type Compress = fn(&[u8]) -> io::Result<Vec<u8>>;

/// The file extensions of the precompressed forms, each with its function.
pub(crate) const FORMS: [(&str, Compress); 2] = [("br", brotli), ("gz", gzip)];

/// Compresses with gzip. The header has neither time nor name, so that the same input gives the same output.
fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    COMPRESSORS.with_borrow_mut(|compressors| {
        let compressor = &mut compressors[usize::from(bytes.len() > LARGE)];
        let mut compressed = vec![0; compressor.gzip_compress_bound(bytes.len())];
        let length = compressor.gzip_compress(bytes, &mut compressed).map_err(io::Error::other)?;
        compressed.truncate(length);
        Ok(compressed)
    })
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    // The encoder first clears twice its window. With the default window of 4 MB, that was most of the cost of a small file. Below 17, the
    // encoder uses other algorithms, which are slower.
    let window = (usize::BITS - bytes.len().leading_zeros()).clamp(17, 22);
    let parameters = BrotliEncoderParams {
        quality: BROTLI[usize::from(bytes.len() > LARGE)],
        lgwin: window.cast_signed(),
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn compression_is_lossless_and_deterministic() {
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
