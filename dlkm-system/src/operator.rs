//! The operators of expressions: those of C for integers.

/// An operator, or a mark that waits for its partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Negate,
    Not,
    Complement,
    Times,
    Divide,
    Remainder,
    Plus,
    Minus,
    ShiftLeft,
    ShiftRight,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
    BothTrue,
    OneTrue,
    /// `?`, whose `:` has not come yet.
    Question,
    /// `? :`, complete.
    Choose,
    /// `(`
    Parenthesis,
}

use Operator::*;

/// The binary operators, longer ones first.
const BINARY: [(&str, Operator); 18] = [
    ("<<", ShiftLeft),
    (">>", ShiftRight),
    ("<=", LessOrEqual),
    (">=", GreaterOrEqual),
    ("==", Equal),
    ("!=", NotEqual),
    ("&&", BothTrue),
    ("||", OneTrue),
    ("*", Times),
    ("/", Divide),
    ("%", Remainder),
    ("+", Plus),
    ("-", Minus),
    ("<", Less),
    (">", Greater),
    ("&", And),
    ("^", Xor),
    ("|", Or),
];

impl Operator {
    /// The binary operator at the start of `text`, and its length.
    pub(crate) fn binary(text: &str) -> Option<(Operator, usize)> {
        let mut all = BINARY.iter();
        let (word, operator) = all.find(|(word, _)| text.starts_with(word))?;
        Some((*operator, word.len()))
    }

    /// The unary operator that is this character. A plus sign does nothing.
    pub(crate) fn unary(sign: u8) -> Option<Option<Operator>> {
        match sign {
            b'-' => Some(Some(Negate)),
            b'+' => Some(None),
            b'!' => Some(Some(Not)),
            b'~' => Some(Some(Complement)),
            _ => None,
        }
    }

    pub(crate) fn is_unary(self) -> bool {
        matches!(self, Negate | Not | Complement)
    }

    /// How tightly it binds, as in C.
    pub(crate) fn binds(self) -> u8 {
        match self {
            Parenthesis => 0,
            Question | Choose => 1,
            OneTrue => 2,
            BothTrue => 3,
            Or => 4,
            Xor => 5,
            And => 6,
            Equal | NotEqual => 7,
            Less | LessOrEqual | Greater | GreaterOrEqual => 8,
            ShiftLeft | ShiftRight => 9,
            Plus | Minus => 10,
            Times | Divide | Remainder => 11,
            Negate | Not | Complement => 12,
        }
    }

    /// The result; `None` if it has none, or one beyond the range.
    pub(crate) fn apply(self, a: i128, b: i128) -> Option<i128> {
        let shift = || u32::try_from(b).ok().filter(|bits| *bits < 127);
        Some(match self {
            Times => a.checked_mul(b)?,
            Divide => a.checked_div(b)?,
            Remainder => a.checked_rem(b)?,
            Plus => a.checked_add(b)?,
            Minus => a.checked_sub(b)?,
            ShiftLeft => a.checked_mul(1 << shift()?)?,
            ShiftRight => a >> shift()?,
            Less => i128::from(a < b),
            LessOrEqual => i128::from(a <= b),
            Greater => i128::from(a > b),
            GreaterOrEqual => i128::from(a >= b),
            Equal => i128::from(a == b),
            NotEqual => i128::from(a != b),
            And => a & b,
            Xor => a ^ b,
            Or => a | b,
            BothTrue => i128::from(a != 0 && b != 0),
            OneTrue => i128::from(a != 0 || b != 0),
            Negate => a.checked_neg()?,
            Not => i128::from(a == 0),
            Complement => !a,
            Question | Choose | Parenthesis => return None,
        })
    }
}
