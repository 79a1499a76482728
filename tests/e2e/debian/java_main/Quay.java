import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;

public class Quay {
    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.createContext("/", exchange -> {
            byte[] body;
            try {
                String tls = SSLContext.getDefault().getProtocol();
                byte[] digest = MessageDigest.getInstance("SHA-256").digest("quay".getBytes(StandardCharsets.UTF_8));
                body = (tls + " " + HexFormat.of().formatHex(digest, 0, 4)).getBytes(StandardCharsets.UTF_8);
            } catch (Exception error) {
                body = error.toString().getBytes(StandardCharsets.UTF_8);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
