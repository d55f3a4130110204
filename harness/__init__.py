"""What tests, measurements and scripts share: the runtime emulator, a local AWS, the chat page in a browser."""
