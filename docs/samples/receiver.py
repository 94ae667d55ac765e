"""What notices look like where they arrive: prints the webhooks that come to port 9000, and the mail that comes to port 1025.

To try things out on one's own machine; it keeps nothing. WEBHOOK_SECRET=whsec_… has the signatures checked.
"""
import base64, email, email.policy, hashlib, hmac, http.server, json, os, socketserver, threading


def signed(headers, body):
    secret = os.environ.get("WEBHOOK_SECRET")
    if not secret:
        return "signature not checked"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    want = "v1," + base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
    good = any(hmac.compare_digest(want, one) for one in headers["webhook-signature"].split())
    return "signature good" if good else "signature WRONG"


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        notice = json.loads(body)
        print(f"webhook: {notice['id']}, {signed(self.headers, body)}", flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 here")
        while word := self.rfile.readline()[:4].upper().strip():
            if word == b"DATA":
                self.say("354 go on")
                self.take(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.say("221 goodbye" if word == b"QUIT" else "250 well")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def take(self, text):
        mail = email.message_from_bytes(text, policy=email.policy.default)
        print(f"mail to {mail['To']}: {mail['Subject'].strip()}", flush=True)


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 1025), Mail)
    threading.Thread(target=mail.serve_forever, daemon=True).start()
    http.server.HTTPServer(("127.0.0.1", 9000), Hook).serve_forever()
