//! The processor's features.

/// Whether this processor has a target feature, by rustc's name; `None` for a feature that std
/// can't detect.
pub fn cpu_has(feature: &str) -> Option<bool> {
    macro_rules! ask {
        ($($name:tt)*) => {
            match feature {
                $($name => Some(std::arch::is_x86_feature_detected!($name)),)*
                _ => None,
            }
        };
    }
    // All features that std detects in the minimum supported compiler, without unstable ones.
    ask! {
        "adx" "aes" "avx" "avx2" "avx512bf16" "avx512bitalg" "avx512bw" "avx512cd"
        "avx512dq" "avx512f" "avx512fp16" "avx512ifma" "avx512vbmi" "avx512vbmi2" "avx512vl"
        "avx512vnni" "avx512vp2intersect" "avx512vpopcntdq" "avxifma" "avxneconvert"
        "avxvnni" "avxvnniint16" "avxvnniint8" "bmi1" "bmi2" "cmpxchg16b" "f16c" "fma"
        "fxsr" "gfni" "kl" "lzcnt" "movbe" "pclmulqdq" "popcnt" "rdrand" "rdseed" "rtm" "sha"
        "sha512" "sm3" "sm4" "sse" "sse2" "sse3" "sse4.1" "sse4.2" "sse4a" "ssse3" "tbm"
        "vaes" "vpclmulqdq" "widekl" "xsave" "xsavec" "xsaveopt" "xsaves"
    }
}
