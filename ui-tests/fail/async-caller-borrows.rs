use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn sum(data: &[u8]) -> Result<u64, LoadError>;

    #[ustub]
    async fn part<'a>(of: &'a str, after: &str) -> Result<&'a str, LoadError>;
}

fn is_send_and_static<T: Send + 'static>(_: T) {}

fn main() {
    let sum = {
        let data = vec![1, 2, 3];
        shm::sum(&data)
    };
    drop(sum);

    let mut data = vec![1, 2, 3];
    let sum = shm::sum(&data);
    data.push(4);
    drop(sum);

    // The result borrows from one argument, the future from both.
    let part = {
        let after = String::from("o");
        shm::part("text", &after)
    };
    drop(part);

    let text = String::from("text");
    is_send_and_static(shm::part(&text, "e"));
}
