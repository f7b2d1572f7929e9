//! `dlkm stub`.

use std::process::Command;

use crate::golden::session;
use crate::root::Root;

const SOURCE: &str = "
    int one(void) { return 1; }
    const char *text(void) { return \"\"; }
    int variable = 1;";

const HEADER: &str = "enum { BAD = -3 }; extern \"C\" int one(void);";

#[test]
fn stub() {
    let root = Root::new(&[]);
    root.write("library.c", SOURCE);
    root.write("sample.h", HEADER);
    root.write(
        "data.c",
        "extern int variable; int main(void) { return variable; }",
    );
    root.write("call.c", "int one(void); int main(void) { return one(); }");
    let cc = |words: &str| {
        let done = Command::new("cc")
            .args(words.split(' '))
            .current_dir(root.path())
            .status();
        assert!(done.unwrap().success());
    };
    cc("-shared -fPIC -Wl,-soname,libsample.so.1 -o libsample.so.1 library.c");
    cc("-no-pie -o data data.c libsample.so.1");
    cc("-o call call.c libsample.so.1");
    let library = root.path().join("libsample.so.1");
    let path = |name: &str| root.path().join(name).display().to_string();
    let out = path("lazy");
    let stub = format!("dlkm stub {} --out {out}", library.display());
    session(
        "stub",
        &root,
        &[
            &format!("{stub} --check"),
            &format!("{stub} --check --json"),
            &format!("{stub} --check --for {}", path("call")),
            &format!("{stub} --check --for {}", path("data")),
            &stub,
            &format!("{stub} --for {} --weak one --or text=NULL", path("call")),
            &format!(
                "{stub} --no-copy --header {} --or one=BAD",
                path("sample.h")
            ),
            &format!("{stub} --json --header {}", path("sample.h")),
            &format!("{stub} --or one=BAD"),
            &format!("{stub} --weak onne"),
            &format!("{stub} --or one"),
            &format!("{stub} --installed-in lazy"),
            &format!("dlkm stub {out}/libsample.so.1"),
            &format!("dlkm stub {} --out {}", library.display(), path("")),
            &format!("dlkm stub {}", path("sample.h")),
            "dlkm stub libmissing-sample.so.9",
        ],
    );
}
