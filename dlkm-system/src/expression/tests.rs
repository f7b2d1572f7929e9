use super::*;

fn value(text: &str) -> Result<i128, ExpressionError> {
    Expression::parse(text)?.evaluate(&mut |name| match name {
        "a.b" => Some(7),
        "zero" => Some(0),
        _ => None,
    })
}

#[test]
fn operators_bind_as_in_c() {
    for (text, wanted) in [
        ("1", 1),
        ("017", 15),
        ("0x1F", 31),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("10-4-3", 3),
        ("100/10/2", 5),
        ("7%4", 3),
        ("-7/2", -3),
        ("1<<2+1", 8),
        ("256>>4>>1", 8),
        ("1<2==1", 1),
        ("5&3|8^1", 9),
        ("1|2&0", 1),
        ("~0", -1),
        ("- - +3", 3),
        ("!5+1", 1),
        ("!0&&2", 1),
        ("1||zero&&0", 1),
        ("a.b * 2", 14),
        ("zero?1:2", 2),
        ("1?2:3?4:5", 2),
        ("0?2:0?4:5", 5),
        ("1?0?6:7:8", 7),
        ("(a.b>4)?a.b:4", 7),
        ("1?2:3+10", 2),
        ("18446744073709551615", 18_446_744_073_709_551_615),
    ] {
        assert_eq!(value(text), Ok(wanted), "{text}");
    }
}

#[test]
fn what_is_left_out_needs_no_value() {
    assert_eq!(value("zero&&1/zero"), Ok(0));
    assert_eq!(value("1||unknown"), Ok(1));
    assert_eq!(value("zero?unknown:3"), Ok(3));
    assert_eq!(
        value("1?unknown:3"),
        Err(ExpressionError::Name("unknown".into()))
    );
}

#[test]
fn what_is_no_expression_is_an_error() {
    use ExpressionError::*;
    for (text, wanted) in [
        ("", NoOperand("".into())),
        ("1+", NoOperand("".into())),
        ("*2", NoOperand("*2".into())),
        ("()", NoOperand(")".into())),
        ("1 2", NoOperator("2".into())),
        ("1(2)", NoOperator("(2)".into())),
        ("5ä", NoOperator("ä".into())),
        ("09", Number("09".into())),
        ("0xg", Number("0xg".into())),
        ("12kB", Number("12kB".into())),
        (
            "18446744073709551616",
            Number("18446744073709551616".into()),
        ),
        ("(1", Parentheses),
        ("1)", Parentheses),
        ("1?2", Choice),
        ("1:2", Choice),
        ("(1?2)", Choice),
        ("(1?2:3", Parentheses),
        ("1?(2:3)", Choice),
        ("1/zero", Range),
        ("1%0", Range),
        ("1<<127", Range),
        ("1<<-1", Range),
        ("0xffffffffffffffff*0xffffffffffffffff", Range),
    ] {
        assert_eq!(value(text), Err(wanted), "{text}");
    }
}

/// Nothing recurses on the text, and its length is bounded.
#[test]
fn deep_nesting_is_read_up_to_the_limit() {
    let deep = |levels: usize| format!("{}1{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(value(&deep(1000)), Ok(1));
    assert_eq!(value(&deep(2000)), Err(ExpressionError::TooLong));
    assert_eq!(value(&"-".repeat(2000)), Err(ExpressionError::TooLong));
    assert_eq!(
        value(&format!("1{}", "+1".repeat(2000))),
        Err(ExpressionError::TooLong)
    );
}
