"""What tests, measurements and scripts share: servers, the runtime emulator, a local AWS, the platform in real and in
virtual time, the chat page in a browser."""
