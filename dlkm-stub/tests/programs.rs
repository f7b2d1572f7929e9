//! Programs of the distribution, not rebuilt, with stub libraries in the place of the libraries that
//! they are linked with. They must print the same, and load each library when, and only when, they
//! call it.

mod outside;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use outside::{Place, all_there, skipped};

/// A program and stubs of its libraries.
struct Lazy {
    place: Place,
    program: &'static str,
    stubs: Vec<PathBuf>,
}

impl Lazy {
    /// Makes the stubs; `None` without the program. `user` is the file that is linked with the
    /// libraries: the program, or a library of it.
    fn new(
        test: &str,
        program: &'static str,
        user: &str,
        sonames: &[&str],
        others: &[&str],
    ) -> Option<Self> {
        let programs: Vec<_> = others.iter().copied().chain([program, user]).collect();
        if !all_there(test, &programs) {
            return None;
        }
        let mut libraries = Vec::new();
        for soname in sonames {
            let Some(library) = linked(user, soname) else {
                skipped(test, &format!("{user} is not linked with {soname}"));
                return None;
            };
            libraries.push(library);
        }
        let place = Place::new();
        let stubs = libraries.iter().map(|file| place.stub(file)).collect();
        Some(Lazy {
            place,
            program,
            stubs,
        })
    }

    /// The program's output is the same with stubs, and of the libraries that have stubs it loads
    /// these. Returns what the program prints.
    fn same(&self, loads: &[&str], arguments: &[&str]) -> String {
        let line: Vec<_> = [self.program].iter().chain(arguments).copied().collect();
        let change = |command: &mut Command| {
            command
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
                .env("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z");
        };
        let real = self.place.run(None, change, &line);
        let lazy = self.place.run(Some(&self.place.stubs()), change, &line);
        assert_eq!(lazy.text(), real.text(), "{line:?}");
        let loaded = self.stubs.iter().filter(|stub| lazy.loaded(stub));
        let loaded: Vec<_> = loaded.map(|stub| stub.file_name().unwrap()).collect();
        assert_eq!(loaded, loads, "loaded by {line:?}");
        lazy.text()
    }
}

/// The file of a library that another file is linked with.
fn linked(user: &str, soname: &str) -> Option<PathBuf> {
    let output = Command::new("ldd").arg(user).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let path = text.lines().find_map(|line| {
        let (name, rest) = line.trim().split_once(" => ")?;
        (name == soname).then(|| rest.split(" (").next())
    });
    path.flatten().map(PathBuf::from)
}

const GIT: &str = "/usr/bin/git";
const LIBZ: &[&str] = &["libz.so.1"];

/// A repository with two commits, one file that has changed and a branch.
fn repository(place: &Place) -> PathBuf {
    let folder = place.path("repository");
    fs::create_dir(&folder).unwrap();
    let git = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let folder = folder.to_str().unwrap();
        let identity = [
            "-c",
            "user.name=Tester",
            "-c",
            "user.email=tester@example.org",
        ];
        let line = [&[GIT, "-C", folder][..], &identity[..], &words[..]].concat();
        let ran = place.run(None, |_| {}, &line);
        assert!(ran.output.status.success(), "{line:?}: {}", ran.text());
    };
    git("init --quiet --initial-branch=main");
    for (number, text) in ["one\n", "one\ntwo\n"].into_iter().enumerate() {
        fs::write(folder.join("text"), text.repeat(1000)).unwrap();
        git("add text");
        git(&format!("commit --quiet --message=commit-{number}"));
    }
    git("branch other HEAD~1");
    fs::write(folder.join("text"), "another\n").unwrap();
    folder
}

#[test]
fn git_loads_its_compressor_for_what_reads_objects() {
    let test = "git_loads_its_compressor_for_what_reads_objects";
    let Some(lazy) = Lazy::new(test, GIT, GIT, LIBZ, &[]) else {
        return;
    };
    let folder = repository(&lazy.place);
    let folder = folder.to_str().unwrap();
    let run = |loads, line: &[&str]| lazy.same(loads, &[&["-C", folder], line].concat());

    assert!(run(&[], &["--version"]).contains("git version"));
    assert!(run(&[], &["branch"]).contains("* main\n  other\n"));
    assert!(run(&[], &["config", "--list"]).contains("core.bare=false"));
    run(&[], &["rev-parse", "HEAD"]);
    run(&[], &["help"]);

    assert!(run(LIBZ, &["log"]).contains("commit-0"));
    assert!(run(LIBZ, &["status"]).contains("modified:   text"));
    assert!(run(LIBZ, &["diff"]).contains("+another"));
    run(LIBZ, &["log", "--patch", "--all", "--graph"]);
    run(LIBZ, &["fsck", "--full"]);
    run(LIBZ, &["archive", "--format=tar.gz", "-1", "HEAD"]);
    run(LIBZ, &["rev-list", "--objects", "--all"]);
}

const PYTHON: &str = "/usr/bin/python3";

#[test]
fn python_loads_the_compressor_when_a_script_imports_its_module() {
    let test = "python_loads_the_compressor_when_a_script_imports_its_module";
    let Some(lazy) = Lazy::new(test, PYTHON, PYTHON, LIBZ, &[]) else {
        return;
    };
    lazy.same(&[], &["--version"]);
    lazy.same(&[], &["-I", "-c", "import json; print(json.dumps([1]))"]);
    lazy.same(
        LIBZ,
        &["-I", "-c", "import zlib; print(zlib.ZLIB_RUNTIME_VERSION)"],
    );
    let script = "import zlib, hashlib
text = b''.join(b'line %d\\n' % number for number in range(50000))
for level in range(10):
    small = zlib.compress(text, level)
    assert zlib.decompress(small) == text
    print(level, len(small), hashlib.sha256(small).hexdigest(), zlib.crc32(small))
try:
    zlib.decompress(b'nothing')
except zlib.error as error:
    print(error)";
    assert!(lazy.same(LIBZ, &["-I", "-c", script]).contains("Error -3"));
}

#[test]
fn python_imports_the_module_of_a_compressor_without_loading_it() {
    let test = "python_imports_the_module_of_a_compressor_without_loading_it";
    let file = Command::new(PYTHON)
        .args(["-I", "-c", "import _lzma; print(_lzma.__file__)"])
        .output();
    let file = file.map(|output| output.stdout).unwrap_or_default();
    let file = String::from_utf8(file).unwrap();
    let lzma: &[&str] = &["liblzma.so.5"];
    let Some(lazy) = Lazy::new(test, PYTHON, file.trim(), lzma, &[]) else {
        return;
    };
    lazy.same(&[], &["-I", "-c", "import lzma; print(lzma.FORMAT_XZ)"]);
    let script = "import lzma, hashlib
text = b'a text that repeats itself ' * 10000
for preset in (0, 6, 9 | lzma.PRESET_EXTREME):
    small = lzma.compress(text, preset=preset)
    assert lzma.decompress(small) == text
    print(len(small), hashlib.sha256(small).hexdigest())
try:
    lzma.decompress(b'nothing')
except lzma.LZMAError as error:
    print(error)";
    assert!(
        lazy.same(lzma, &["-I", "-c", script])
            .contains("not supported")
    );
}

#[test]
fn python_uses_the_database_library() {
    let test = "python_uses_the_database_library";
    let file = Command::new(PYTHON)
        .args(["-I", "-c", "import _sqlite3; print(_sqlite3.__file__)"])
        .output();
    let file = file.map(|output| output.stdout).unwrap_or_default();
    let file = String::from_utf8(file).unwrap();
    let sqlite: &[&str] = &["libsqlite3.so.0"];
    let Some(lazy) = Lazy::new(test, PYTHON, file.trim(), sqlite, &[]) else {
        return;
    };
    // With functions of the program that the library calls back.
    let script = "import sqlite3
base = sqlite3.connect(':memory:')
base.create_function('twice', 1, lambda value: 2 * value)
base.execute('create table t (a integer, b text)')
base.executemany('insert into t values (?, ?)', ((n, str(n)) for n in range(1000)))
print(base.execute('select sum(twice(a)), max(b) from t').fetchall())
try:
    base.execute('select no from t')
except sqlite3.OperationalError as error:
    print(error)";
    assert!(lazy.same(sqlite, &["-I", "-c", script]).contains("999000"));
}

const SQLITE: &str = "/usr/bin/sqlite3";

#[test]
fn sqlite_works_on_a_real_database() {
    let test = "sqlite_works_on_a_real_database";
    let sonames: &[&str] = &["libsqlite3.so.0"];
    let Some(lazy) = Lazy::new(test, SQLITE, SQLITE, sonames, &[]) else {
        return;
    };
    let make = "create table words (id integer primary key, word text unique);
        create table uses (word integer references words, at real);
        create index by_word on uses (word);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
        insert into words select i, printf('%x-%s', i * 7919 % 65536, hex(i)) from n;
        insert into uses select id, id / 3.0 from words where id % 3 = 0;";
    let base = lazy.place.path("base.db");
    let base = base.to_str().unwrap();
    let ran = lazy.place.run(None, |_| {}, &[SQLITE, base, make]);
    assert!(ran.output.status.success(), "{}", ran.text());

    for line in [
        "select count(*), sum(at), max(word) from uses natural join words",
        "select word, at from words join uses on id = uses.word order by words.word limit 9",
        "pragma integrity_check",
        "select no from words",
        ".schema",
        ".dump uses",
    ] {
        lazy.same(sonames, &[base, line]);
    }
    // It compares the version of the library with its own at the start, whatever it is asked for.
    lazy.same(sonames, &["--version"]);

    // What the library writes through the stub, it reads without.
    let change = "update words set word = upper(word); vacuum; select total_changes()";
    let copy = lazy.place.path("copy.db");
    fs::copy(base, &copy).unwrap();
    let copy = copy.to_str().unwrap();
    let stubs = lazy.place.stubs();
    let ran = lazy
        .place
        .run(Some(&stubs), |_| {}, &[SQLITE, copy, change]);
    assert!(ran.text().contains("20000"), "{}", ran.text());
    let real = lazy.place.run(None, |_| {}, &[SQLITE, base, change]);
    assert!(real.text().contains("20000"), "{}", real.text());
    assert_eq!(fs::read(copy).unwrap(), fs::read(base).unwrap());
}

const REMOTE: &str = "/usr/lib/git-core/git-remote-https";

/// Answers each request of HTTP with a file's text, or with an error.
fn serve(files: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            let end = |line: &Result<String, _>| line.as_ref().is_ok_and(String::is_empty);
            lines.find(end);
            let path = first.split([' ', '?']).nth(1).unwrap_or_default();
            let file = files.iter().find(|(name, _)| *name == path);
            let (status, text) =
                file.map_or(("404 Not Found", "none"), |(_, text)| ("200 OK", text));
            let length = text.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{text}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn a_helper_of_git_that_ends_early_does_not_load_the_network_library() {
    let test = "a_helper_of_git_that_ends_early_does_not_load_the_network_library";
    let curl: &[&str] = &["libcurl-gnutls.so.4"];
    let Some(lazy) = Lazy::new(test, REMOTE, REMOTE, curl, &[GIT]) else {
        return;
    };
    assert!(lazy.same(&[], &[]).contains("usage"));

    let address = serve(&[(
        "/repository/info/refs",
        "0123456789012345678901234567890123456789\trefs/heads/main\n",
    )]);
    let url = format!("{address}/repository");
    let commands = lazy.place.path("commands");
    fs::write(&commands, "list\n\n").unwrap();
    let change = |command: &mut Command| {
        command.stdin(fs::File::open(&commands).unwrap());
    };
    let line = [REMOTE, "origin", &url];
    let real = lazy.place.run(None, change, &line);
    assert!(real.text().contains("refs/heads/main"), "{}", real.text());
    let stubs = lazy.place.stubs();
    let ran = lazy.place.run(Some(&stubs), change, &line);
    assert_eq!(ran.text(), real.text());
    assert!(ran.loaded(&lazy.stubs[0]));
}

const CURL: &str = "/usr/bin/curl";

#[test]
fn curl_works_on_four_stub_libraries() {
    let test = "curl_works_on_four_stub_libraries";
    let sonames: &[&str] = &["libcurl.so.4", "libz.so.1", "libssl.so.3", "libcrypto.so.3"];
    let Some(lazy) = Lazy::new(test, CURL, CURL, sonames, &[]) else {
        return;
    };
    let text = lazy.place.path("text");
    fs::write(&text, "a text\n".repeat(9999)).unwrap();
    let address = format!("file://{}", text.display());
    assert!(lazy.same(sonames, &["--version"]).contains("OpenSSL"));
    assert!(
        lazy.same(sonames, &["--silent", &address])
            .contains("a text")
    );
    assert!(
        lazy.same(sonames, &["--silent", "--show-error", "no:thing"])
            .contains("curl: (")
    );
    let server = serve(&[("/file", "of a server\n")]);
    let url = format!("{server}/file");
    assert!(
        lazy.same(sonames, &["--silent", &url])
            .contains("of a server")
    );
    let url = format!("{server}/none");
    let line = ["--silent", "--fail", "--show-error", &url];
    assert!(lazy.same(sonames, &line).contains("404"));
}

/// A server of files in the current folder. It is stopped when dropped.
struct Encrypted(Child, String);

impl Encrypted {
    fn serve(folder: &Path) -> Self {
        let openssl = |line: &str| {
            let mut command = Command::new("openssl");
            command.current_dir(folder).args(line.split(' '));
            command
        };
        let made = openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert \
             -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1",
        );
        let made = { made }.output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let server = openssl("s_server -accept 127.0.0.1:0 -key key -cert cert -WWW");
        let mut server = { server }
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            line.strip_prefix("ACCEPT ")
                .map(|at| format!("https://{at}"))
        });
        // It goes on to print.
        thread::spawn(move || lines.count());
        Encrypted(server, address.expect("it says where it listens"))
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn curl_encrypts_through_stub_libraries() {
    let test = "curl_encrypts_through_stub_libraries";
    let sonames: &[&str] = &["libcurl.so.4", "libz.so.1", "libssl.so.3", "libcrypto.so.3"];
    let Some(lazy) = Lazy::new(test, CURL, CURL, sonames, &["openssl"]) else {
        return;
    };
    let folder = lazy.place.path("");
    fs::write(folder.join("text"), "a secret\n".repeat(9999)).unwrap();
    let server = Encrypted::serve(&folder);
    let url = format!("{}/text", server.1);
    let line = ["--silent", "--show-error", &url];
    let trusting = [&["--cacert", "cert"], &line[..]].concat();
    assert!(lazy.same(sonames, &trusting).contains("a secret\na secret"));
    assert!(
        lazy.same(sonames, &line)
            .contains("self-signed certificate")
    );
}
