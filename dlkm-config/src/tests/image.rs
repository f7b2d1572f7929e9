//! A small image, made by hand around a text of metadata. Its tables are sound, and it has no code.

/// A small image with this metadata, which links the C library.
pub(crate) fn image(text: &[u8]) -> Vec<u8> {
    image_with(text, "libc.so.6", 0)
}

/// A small image that links `library`: ELF header, three segments, the linker's tables without a symbol, text, and four
/// sections. The distance to the text is wrong by `aside`.
pub(crate) fn image_with(text: &[u8], library: &str, aside: u64) -> Vec<u8> {
    const SHT_MOD: u64 = 0x6d6f_6400;
    let strings = format!("\0{library}\0");
    let names = b"\0dlkm_modinfo\0";
    let (header, dynamic, entries) = (64, 64 + 3 * 56, 7);
    let hash = dynamic + entries * 16;
    let fields = hash + 8;
    let string = fields + 32;
    let name = string + strings.len();
    let start = name + names.len();
    let sections = (start + text.len()).next_multiple_of(8);
    let end = sections + 4 * 64;
    let mut out = b"\x7fELF\x02\x01\x01\0".to_vec();
    let mut put = |numbers: &[(u64, usize)]| {
        for (number, size) in numbers {
            out.extend_from_slice(&number.to_le_bytes()[..*size]);
        }
    };
    let at = |place: usize| place as u64;
    // The rest of the ELF header.
    put(&[(0, 8), (3, 2), (62, 2), (1, 4), (0, 8), (at(header), 8)]);
    put(&[(at(sections), 8), (0, 4), (64, 2), (56, 2), (3, 2)]);
    put(&[(64, 2), (4, 2), (3, 2)]);
    // PT_LOAD of all, PT_DYNAMIC, PT_GNU_STACK.
    for (kind, flags, start, size, align) in [
        (1, 5, 0, end, 4096),
        (2, 4, dynamic, entries * 16, 8),
        (0x6474_e551, 6, 0, 0, 8),
    ] {
        let (start, size) = (at(start), at(size));
        put(&[(kind, 4), (flags, 4), (start, 8), (start, 8), (start, 8)]);
        put(&[(size, 8), (size, 8), (align, 8)]);
    }
    // DT_HASH, DT_SYMTAB, DT_SYMENT, DT_STRTAB, DT_STRSZ, DT_NEEDED, DT_NULL.
    for (tag, value) in [
        (4, at(hash)),
        (6, at(string)),
        (11, 24),
        (5, at(string)),
        (10, at(strings.len())),
        (1, 1),
        (0, 0),
    ] {
        put(&[(tag, 8), (value, 8)]);
    }
    // An empty hash table.
    put(&[(0, 8)]);
    // The section of type SHT_MOD.
    let distance = at(start - (fields + 16)).wrapping_add(aside);
    put(&[(1, 4), (0, 4), (0, 8), (distance, 8), (at(text.len()), 8)]);
    out.extend_from_slice(strings.as_bytes());
    out.extend_from_slice(names);
    out.extend_from_slice(text);
    out.resize(sections, 0);
    for (name, kind, start, size) in [
        (0, 0, 0, 0),
        (0, SHT_MOD, fields, 32),
        (1, 1, start, text.len()),
        (0, 3, name, names.len()),
    ] {
        let (start, size) = (at(start), at(size));
        let words = [
            (name, 4),
            (kind, 4),
            (2, 8),
            (start, 8),
            (start, 8),
            (size, 8),
            (0, 8),
            (1, 8),
            (0, 8),
        ];
        for (number, length) in words {
            out.extend_from_slice(&u64::to_le_bytes(number)[..length]);
        }
    }
    out
}
