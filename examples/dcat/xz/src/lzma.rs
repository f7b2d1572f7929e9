//! Recognizes the predecessor of the xz format.

/// The length of an lzma file's header.
pub(crate) const HEADER: usize = 13;

/// Whether this is the header of an lzma file that an encoder would write. `xz` accepts the same.
pub(crate) fn is_lzma(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<HEADER>() else {
        return false;
    };
    let [properties, dictionary @ .., _, _, _, _, _, _, _, _] = *header;
    let dictionary = u32::from_le_bytes(dictionary);
    let (literal_bits, position_bits) = (properties % 9, properties / 9 % 5);
    // 2^n or 2^n + 2^(n-1)
    let usual = dictionary == u32::MAX
        || dictionary.is_power_of_two()
        || (dictionary % 3 == 0 && (dictionary / 3).is_power_of_two());
    let size = u64::from_le_bytes([
        header[5], header[6], header[7], header[8], header[9], header[10], header[11], header[12],
    ]);
    properties < 225
        && literal_bits + position_bits <= 4
        && usual
        && (size == u64::MAX || size < 1 << 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_headers_are_recognized() {
        for header in [
            &b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0"[..],
            b"\x5d\0\0\xc0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x5d\0\x10\0\0\x07\0\0\0\0\0\0\0",
        ] {
            assert!(is_lzma(header), "{header:?}");
            assert!(!is_lzma(&header[..12]), "too short: {header:?}");
        }
    }

    #[test]
    fn unusual_headers_are_not_recognized() {
        // Literal and position bits over 4 together; a dictionary of 3 bytes; a size of 2^40; zeros.
        for header in [
            &b"\x2c\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff"[..],
            b"\x5d\x05\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x5d\0\0\x80\0\0\0\0\0\0\x01\0\0",
            &[0; 64],
        ] {
            assert!(!is_lzma(header), "{header:?}");
        }
    }
}
