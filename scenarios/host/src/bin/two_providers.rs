//! Static modules that provide one interface: calls reach the one of the interface's name, in
//! whichever order they are linked. Without such a module, the interface is ambiguous.

use dlkm_rt::{Cause, Kernel, LoadError, ModuleRoot, module};
use scenario_api::{faulty, top};

macro_rules! provide {
    ($driver:ident, $name:literal, $interface:ident::$function:ident, $value:literal) => {
        struct $driver;

        #[module(name = $name)]
        impl scenario_api::$interface for $driver {
            fn $function() -> Result<u64, LoadError> {
                Ok($value)
            }
        }
    };
}

provide!(Before, "before", Faulty::seven, 1);
provide!(Own, "faulty", Faulty::seven, 7);
provide!(After, "zulu", Faulty::seven, 2);
provide!(One, "one", Top::top, 3);
provide!(Two, "two", Top::top, 4);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Kernel::boot(ModuleRoot::none())?;
    assert_eq!(faulty::seven()?, 7);
    let error = top::top().expect_err("one or two");
    assert!(matches!(error.cause(), Cause::Ambiguous { .. }), "{error}");
    let error = std::io::Error::from(error);
    let text = error.to_string();
    assert!(
        text.contains("`one` at ") && text.contains("`two` at "),
        "{text}"
    );
    Ok(())
}
