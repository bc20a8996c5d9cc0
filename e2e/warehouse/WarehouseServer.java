import io.trino.Session;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.testing.DistributedQueryRunner;
import io.trino.testing.TestingSession;
import java.util.Map;

/** A Trino server on 127.0.0.1 with the in-memory catalogue `warehouse`. Argument: its port. Lives until its standard input ends. */
public final class WarehouseServer {
    private WarehouseServer() {}

    public static void main(String[] arguments) throws Exception {
        Session session = TestingSession.testSessionBuilder().setCatalog("warehouse").setSchema("default").build();
        Map<String, String> properties = Map.of(
                "http-server.http.port", arguments[0],
                // Rows are inserted as JSON text inside the statement.
                "query.max-length", "100000000");
        try (DistributedQueryRunner runner = DistributedQueryRunner.builder(session).setNodeCount(1).setExtraProperties(properties).build()) {
            runner.installPlugin(new MemoryPlugin());
            runner.createCatalog("warehouse", "memory", Map.of("memory.max-data-per-node", "1GB"));
            System.out.println("ready");
            // Whoever started the server holds the other end; its end is the server's.
            while (System.in.read() != -1) {}
        }
        System.exit(0);
    }
}
