"""What arrives: reports of mail servers, automatic answers, words of clients."""
