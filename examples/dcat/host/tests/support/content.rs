//! Content to compress, the same in each run.

/// Bytes that don't compress.
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    // xorshift64*
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend(state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Lines that compress about as well as English.
pub fn text(len: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "module", "kernel", "loads", "itself", "on", "the", "first", "call", "and", "a", "stub",
        "stands", "for", "it", "until", "then",
    ];
    let mut text = Vec::with_capacity(len + 16);
    for (count, byte) in noise(len, 7).into_iter().enumerate() {
        if text.len() >= len {
            break;
        }
        text.extend(WORDS[usize::from(byte % 16)].as_bytes());
        text.push(if count % 11 == 10 { b'\n' } else { b' ' });
    }
    text.truncate(len);
    text
}

/// The content for each compressor.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("one byte", b"x".to_vec()),
        ("text", text(300_000)),
        ("noise", noise(150_000, 1)),
        ("zeros", vec![0; 1_000_000]),
    ]
}
