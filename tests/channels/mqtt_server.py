# SPDX-License-Identifier: Apache-2.0
"""An MQTT 5 broker that misbehaves on purpose, for one client at a time. The script is a set of
words: connack (the reason code, None: never), puback (the reason code, None: never), drop_on_publish
(close the connection when a PUBLISH with QoS 1 arrives)."""
import socket
import struct
import threading


class FakeBroker:
    def __init__(self, connack=0, puback=0, drop_on_publish=False):
        self.connack, self.puback, self.drop_on_publish = connack, puback, drop_on_publish
        self.published = []       # topics, in order
        self.duplicates = 0       # PUBLISH with the DUP flag: a library resending
        self.connections = 0
        self.got_publish = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = []
        self._sockets = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for s in self._sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
        for t in [self._acceptor, *self._threads]:
            t.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    @staticmethod
    def _read_exact(client, size):
        data = b""
        while len(data) < size:
            piece = client.recv(size - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    def _read_packet(self, client):
        first = self._read_exact(client, 1)[0]
        size = shift = 0
        while True:
            byte = self._read_exact(client, 1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return first, self._read_exact(client, size)

    def _serve(self, client):
        try:
            while True:
                first, body = self._read_packet(client)
                if not self._answer(client, first, body):
                    client.close()
                    return
        except (ConnectionError, OSError):
            pass

    def _answer(self, client, first, body):
        kind = first >> 4
        if kind == 1:  # CONNECT
            self.connections += 1
            if self.connack is not None:
                client.sendall(bytes([0x20, 3, 0, self.connack, 0]))
            return self.connack in (None, 0)
        if kind == 8:  # SUBSCRIBE, one topic each
            client.sendall(bytes([0x90, 4]) + body[:2] + bytes([0, 1]))
        if kind == 12:  # PINGREQ
            client.sendall(bytes([0xD0, 0]))
        if kind == 3:  # PUBLISH
            size = struct.unpack(">H", body[:2])[0]
            self.published.append(body[2:2 + size].decode())
            self.duplicates += bool(first & 0x08)
            self.got_publish.set()
            if self.drop_on_publish:
                return False
            if self.puback is not None:
                mid = body[2 + size:4 + size]
                client.sendall(bytes([0x40, 3]) + mid + bytes([self.puback]))
        return kind != 14  # DISCONNECT
