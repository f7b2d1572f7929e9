//! `dlkm sign`: signs images as minisign does.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ArgGroup;
use ct_codecs::{Base64, Decoder};
use dlkm_config::{Disk, FileSystem};
use dlkm_tools::terminal::GOOD;
use dlkm_verify::signature_path;
use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};
use serde_json::json;

use crate::failure::Failure;
use crate::message::Message;
use crate::report;

/// Sign images with a key of your own, or make the key.
///
/// The signature of NAME.so is NAME.so.minisig, beside it; `dlkm install` copies both. It is one of
/// minisign's, and so is the key: either program takes the keys and signatures of the other one.
///
/// The secret key is for you alone. Its public key, in the file KEY.pub, is for those who install your
/// modules: `dlkm config key` adds it to their system file. With `verify enforce` there, a host loads
/// only images that one of its keys has signed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  all are signed, or the keys are made
  2  a file is no image, the key can't be used, or the command line is wrong; nothing is signed

Examples:
  dlkm sign --generate release.key
  dlkm sign -s release.key target/release/modules/*.so
  dlkm config key $(tail -1 release.key.pub)")]
#[command(group = ArgGroup::new("what").required(true).args(["generate", "secret_key"]))]
pub(crate) struct SignArgs {
    /// Make a secret key in this file, and its public key in KEY.pub
    #[arg(long, short = 'G', value_name = "KEY", conflicts_with_all = ["secret_key", "images"])]
    generate: Option<PathBuf>,

    /// File with the secret key
    #[arg(long, short, value_name = "KEY", requires = "images")]
    secret_key: Option<PathBuf>,

    /// Make a key without a password; or sign with one that has none
    #[arg(long, short = 'W')]
    no_password: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Images of modules
    #[arg(value_name = "FILE")]
    images: Vec<PathBuf>,
}

pub(crate) fn run(options: &SignArgs) -> Result<ExitCode, Failure> {
    match (&options.generate, &options.secret_key) {
        (Some(key), _) => generate(key, options),
        (_, Some(key)) => sign(key, options),
        // clap wants one of them.
        (None, None) => Err(Failure::Printed),
    }
}

fn failed<E: std::fmt::Display>(what: &str, file: &Path) -> impl FnOnce(E) -> Failure {
    let what = format!("`{}` can't be {what}", file.display());
    move |error| Failure::of(Message::Sign, format_args!("{what}: {error}"))
}

fn generate(key: &Path, options: &SignArgs) -> Result<ExitCode, Failure> {
    let mut public = key.as_os_str().to_owned();
    public.push(".pub");
    let public = PathBuf::from(public);
    // Before the question for a password.
    for file in [key, &public] {
        if fs::symlink_metadata(file).is_ok() {
            return Err(Failure::of(
                Message::Sign,
                format_args!(
                    "`{}` exists; name another file, since what it has signed needs it",
                    file.display()
                ),
            ));
        }
    }
    let not_made = |error| {
        Failure::of(
            Message::Sign,
            format_args!("the key can't be made: {error}"),
        )
    };
    let pair = match options.no_password {
        true => KeyPair::generate_unencrypted_keypair(),
        false => {
            let password = new_password()?;
            KeyPair::generate_encrypted_keypair(Some(password))
        }
    };
    let pair = pair.map_err(not_made)?;
    let comment = match options.no_password {
        true => "minisign secret key",
        false => "minisign encrypted secret key",
    };
    let secret = pair.sk.to_box(Some(comment)).map_err(not_made)?;
    write_new(key, &secret.to_bytes(), 0o600).map_err(failed("written", key))?;
    let text = format!(
        "untrusted comment: minisign public key {}\n{}\n",
        number(&pair.pk),
        pair.pk.to_base64()
    );
    write_new(&public, text.as_bytes(), 0o644).map_err(failed("written", &public))?;
    let public_key = pair.pk.to_base64();
    if options.json {
        let value = json!({"secret_key": key, "public_key": public, "key": public_key});
        return Ok(report::print_json(&value, 0));
    }
    let text = format!(
        "{GOOD}made{GOOD:#} the secret key {}\n{GOOD}made{GOOD:#} its public key {}\n\
         those who trust it run: dlkm config key {public_key}\n",
        key.display(),
        public.display()
    );
    Ok(report::print(&text, 0))
}

/// A file that is not there yet. Its bytes are on the disk when this returns.
fn write_new(file: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(file)?;
    made.write_all(bytes)?;
    made.sync_all()
}

/// The number of a key, as minisign writes it.
fn number(key: &PublicKey) -> String {
    let digits = key.keynum().iter().rev();
    digits.map(|byte| format!("{byte:02X}")).collect()
}

fn new_password() -> Result<String, Failure> {
    let first = password("Password for the new key: ")?;
    match first == password("Password (one more time): ")? {
        true => Ok(first),
        false => Err(Failure::of(Message::Sign, "the passwords differ")),
    }
}

/// Asks for a password: at the terminal, without showing it. If the standard input is no terminal, it
/// is a line of that, as for minisign.
fn password(prompt: &str) -> Result<String, Failure> {
    let asked = match io::stdin().is_terminal() {
        true => rpassword::prompt_password(prompt),
        false => {
            let mut line = String::new();
            match io::stdin().read_line(&mut line) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => Err(error),
            }
        }
    };
    asked.map_err(|error| {
        Failure::of(Message::Sign, format_args!(
            "the password can't be read: {error}; `dlkm sign --generate` makes a key without one by -W"
        ))
    })
}

fn sign(key: &Path, options: &SignArgs) -> Result<ExitCode, Failure> {
    let mut all_are = true;
    for image in &options.images {
        all_are &= report::read(image).is_some();
    }
    if !all_are {
        return Err(Failure::Printed);
    }
    let secret = secret_key(key, options.no_password)?;
    let public = PublicKey::from_secret_key(&secret).map_err(failed("used", key))?;
    let images = options.images.iter();
    let signed = images.map(|image| sign_one(image, &secret, &public));
    let signed = signed.collect::<Result<Vec<_>, _>>()?;
    if options.json {
        let value = json!({"signed": signed, "key": public.to_base64()});
        return Ok(report::print_json(&value, 0));
    }
    let lines = signed.iter();
    let lines = lines.map(|file| format!("{GOOD}signed{GOOD:#} {}\n", file.display()));
    Ok(report::print(&lines.collect::<String>(), 0))
}

/// Signs an image. Returns the file with the signature, which replaces one that is there.
fn sign_one(image: &Path, secret: &SecretKey, public: &PublicKey) -> Result<PathBuf, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let name = image.file_name().unwrap_or_else(|| OsStr::new(""));
    // As minisign's own. No control character may end the line.
    let trusted = format!(
        "timestamp:{}\tfile:{}\thashed",
        now.unwrap_or_default().as_secs(),
        name.to_string_lossy().replace(char::is_control, "?")
    );
    let untrusted = "signature from minisign secret key";
    let bytes = fs::File::open(image).map_err(failed("read", image))?;
    let signature = minisign::sign(Some(public), secret, bytes, Some(&trusted), Some(untrusted));
    let signature = signature.map_err(failed("signed", image))?;
    let place = signature_path(image);
    let write = || {
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut file = tempfile::Builder::new()
            .prefix(".dlkm-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(folder)?;
        file.write_all(&signature.to_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&place).map_err(io::Error::from).map(drop)
    };
    write().map_err(failed("written", &place))?;
    Ok(place)
}

/// Reads a secret key, and asks for its password if it has one.
fn secret_key(file: &Path, no_password: bool) -> Result<SecretKey, Failure> {
    /// More than any key has, in bytes.
    const MOST: u64 = 4096;
    /// How the second line of a key with a password begins: `Ed`, for the kind of key, and `Sc`, for
    /// the way in which it is encrypted.
    const WITH_PASSWORD: &str = "RWRTY";
    /// The length of the checksum at the end of a key, in bytes.
    const CHECKSUM: usize = 32;
    let text = Disk.read(file, MOST).map_err(failed("read", file))?;
    let text = String::from_utf8(text).map_err(|_| failed("used", file)("it is not text"))?;
    let line = text.lines().nth(1).unwrap_or("").to_owned();
    let boxed = SecretKeyBox::from(text);
    let key = match line.starts_with(WITH_PASSWORD) {
        // minisign 0.11 writes no checksum into a key without a password. Each signature is verified
        // anyway.
        false => match Base64::decode_to_vec(&line, None) {
            Ok(bytes) if bytes.ends_with(&[0; CHECKSUM]) => SecretKey::from_bytes(&bytes),
            _ => boxed.into_unencrypted_secret_key(),
        },
        true if no_password => {
            return Err(failed("used", file)(
                "it has a password, and -W says it has none",
            ));
        }
        true => boxed.into_secret_key(Some(password("Password: ")?)),
    };
    key.map_err(failed("used as a secret key", file))
}
