//! Builds text in constants.

/// A buffer of `N` bytes, which counts what would not fit: a first pass with room for
/// nothing tells how much the second needs.
#[derive(Clone, Copy, Debug)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Text::new()
    }
}

impl<const N: usize> Text<N> {
    /// An empty text.
    pub const fn new() -> Self {
        Text {
            bytes: [0; N],
            length: 0,
        }
    }

    /// How long the text is, or would be.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The text, as far as there was room for it.
    pub const fn bytes(&self) -> &[u8] {
        match self.bytes.split_at_checked(self.length) {
            Some((text, _)) => text,
            None => &self.bytes,
        }
    }

    /// The whole buffer.
    pub const fn buffer(self) -> [u8; N] {
        self.bytes
    }

    /// Adds a text.
    pub const fn put(&mut self, text: &str) {
        self.put_bytes(text.as_bytes());
    }

    /// Adds bytes, in one step where they fit, because the compiler's interpreter counts steps.
    pub const fn put_bytes(&mut self, bytes: &[u8]) {
        if let Some((_, rest)) = self.bytes.split_at_mut_checked(self.length)
            && let Some((place, _)) = rest.split_at_mut_checked(bytes.len())
        {
            place.copy_from_slice(bytes);
        }
        self.length += bytes.len();
    }

    /// Adds a line of metadata: key, `=`, value, NUL.
    pub const fn line(&mut self, key: &str, value: &str) {
        self.put(key);
        self.put("=");
        self.put(value);
        self.put("\0");
    }

    /// Adds a number in decimal.
    pub const fn number(&mut self, number: i128) {
        // As long as the longest, `i128::MIN`.
        let mut digits = [0; 40];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.put_bytes(digits.split_at(at).1);
    }

    /// Adds a number in hexadecimal, as sixteen digits.
    pub const fn hex(&mut self, number: u64) {
        let mut digits = [0; 16];
        let mut i = 0;
        while i < digits.len() {
            digits[i] = b"0123456789abcdef"[(number >> (60 - 4 * i)) as usize & 15];
            i += 1;
        }
        self.put_bytes(&digits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn write<const N: usize>() -> Text<N> {
        let mut text = Text::new();
        text.put("a");
        text.number(-120);
        text.number(0);
        text.number(i128::MIN);
        text.hex(0x0123_4567_89ab_cdef);
        text
    }

    #[test]
    fn a_first_pass_counts_and_a_second_writes() {
        const LENGTH: usize = write::<0>().length();
        const TEXT: Text<LENGTH> = write();
        assert_eq!(
            std::str::from_utf8(&TEXT.buffer()),
            Ok("a-1200-1701411834604692317316873037158841057280123456789abcdef")
        );
    }
}
