//! Module roots with images for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

#[path = "../../../dlkm-config/src/tests/image.rs"]
mod image;

/// A module root, with a runtime folder of its own, in which no kernel runs.
pub(crate) struct Root {
    folder: TempDir,
}

/// What the metadata of a module says.
#[derive(Clone, Copy)]
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) states: &'static str,
    pub(crate) desc: &'static str,
    pub(crate) depends: &'static str,
    /// Further lines, separated by `|`.
    pub(crate) more: &'static str,
}

impl Module {
    pub(crate) const fn new(name: &'static str) -> Self {
        Module {
            name,
            version: "1.0.0",
            states: "auto loaded static",
            desc: "",
            depends: "",
            more: "",
        }
    }

    /// An image, which tools can read and no kernel can load.
    pub(crate) fn image(&self) -> Vec<u8> {
        let Module {
            name,
            version,
            states,
            desc,
            depends,
            more,
        } = self;
        let lines = more.split('|').filter(|line| !line.is_empty());
        let more: String = lines.map(|line| format!("{line}\0")).collect();
        let text = format!(
            "format=2\0name={name}\0version={version}\0kind=misc\0desc={desc}\0states={states}\0\
             depends={depends}\0{more}interface={name} unloadable Rust 1.0.0\0rustc=1.95.0\0\
             commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0panic=unwind\0\
             runtime=0.1.0\0sanitizer=\0flags=\0features=fxsr\0"
        );
        image::image(text.as_bytes())
    }
}

/// `shm` with tunables, `net` that needs `ip`, which needs any provider of the interface `core`; `disk`
/// that can be loaded or static, and `guard`, which is required.
pub(crate) const MODULES: [Module; 6] = [
    Module {
        desc: "shared memory",
        more: "tunable=segments u32 dynamic: How many segments|default=40|min=1|max=4096|\
               tunable=pages u32: Pages of a segment|default=16|\
               tunable=label text: A name|default=none|\
               tunable=mode choice: What it does|default=fast|choice=fast|choice=slow",
        ..Module::new("shm")
    },
    Module {
        desc: "network",
        depends: "ip",
        ..Module::new("net")
    },
    Module {
        version: "2.1.0",
        desc: "internet protocol",
        states: "auto loaded",
        more: "require=interface core ^1.0.0",
        ..Module::new("ip")
    },
    Module {
        desc: "what all need",
        ..Module::new("core")
    },
    Module {
        desc: "a disk",
        states: "loaded static",
        more: "tunable=size u64: Its size|default=1024",
        ..Module::new("disk")
    },
    Module {
        desc: "keeps watch",
        more: "critical=yes",
        ..Module::new("guard")
    },
];

impl Root {
    /// With these modules, and without a system file.
    pub(crate) fn new(modules: &[Module]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("modules")).unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        let root = Root { folder };
        for module in modules {
            root.put(module);
        }
        root
    }

    /// With all modules, and this system file.
    pub(crate) fn with(system: &str) -> Self {
        let root = Root::new(&MODULES);
        root.write("system", &format!("version 1\n{system}"));
        root
    }

    pub(crate) fn put(&self, module: &Module) {
        fs::write(self.file(&format!("{}.so", module.name)), module.image()).unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("modules")
    }

    /// The folder above the root.
    pub(crate) fn base(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The system file without its first line.
    pub(crate) fn system(&self) -> String {
        let text = self.read("system");
        text.strip_prefix("version 1\n").unwrap().to_owned()
    }

    /// A command by its name; `dlkm` is one of them.
    pub(crate) fn command(&self, name: &str) -> Command {
        let program = match name {
            "dlkm" => PathBuf::from(env!("CARGO_BIN_EXE_dlkm")),
            name => {
                let link = self.folder.path().join(name);
                if !link.exists() {
                    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_dlkm"), &link).unwrap();
                }
                link
            }
        };
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env("DLKM_ROOT", self.path())
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env_remove("COLUMNS");
        command
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        let words = words(line);
        self.command(&words[0]).args(&words[1..]).output().unwrap()
    }

    /// The exit code, and what it printed on stdout and then on stderr.
    pub(crate) fn says(&self, line: &str) -> (i32, String) {
        let output = self.run(line);
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (output.status.code().unwrap(), text.concat())
    }

    /// Runs it, and expects an exit code.
    #[track_caller]
    pub(crate) fn does(&self, line: &str, code: i32) -> String {
        let (found, text) = self.says(line);
        assert_eq!(found, code, "{line}\n{text}");
        text
    }
}

/// The words of a command line, in which `'` quotes as in a shell.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for sign in line.chars() {
        match sign {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            sign => word.push(sign),
        }
    }
    words.push(word);
    words
}
