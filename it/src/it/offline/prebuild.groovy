import com.sun.net.httpserver.HttpServer
import java.security.MessageDigest

byte[] content = 'Hello\n'.bytes
def asked = new java.util.concurrent.atomic.AtomicInteger()
def server = HttpServer.create(new InetSocketAddress(InetAddress.loopbackAddress, 0), 0)
server.createContext('/') { exchange ->
  asked.incrementAndGet()
  exchange.sendResponseHeaders(200, content.length)
  exchange.responseBody.write(content)
  exchange.close()
}
server.start()
new File(basedir, 'sources.yaml').text = """\
sources:
  - file: hello.txt
    sha256: ${MessageDigest.getInstance('SHA-256').digest(content).encodeHex()}
    origins: ['http://127.0.0.1:${server.address.port}/hello.txt']
    evidence: [{pinned-only: a test}]
"""
context.put('server', server)
context.put('asked', asked)
