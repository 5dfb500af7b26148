import java.io.File;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.axis.AxisFault;
import org.apache.axis.configuration.FileProvider;
import org.apache.axis.transport.http.SimpleAxisServer;

/** Apache Axis 1.4, rpc/encoded: java Accounts deploy.wsdd. Prints the port it listens at. */
public class Accounts {
    public static class Line {
        private String name;
        private BigDecimal amount;
        public String getName() { return name; }
        public void setName(String name) { this.name = name; }
        public BigDecimal getAmount() { return amount; }
        public void setAmount(BigDecimal amount) { this.amount = amount; }
    }

    /** Has no mapping in the deployment. */
    public static class Stranger {
        public String getName() { return "stranger"; }
    }

    public static class Account {
        private String id;
        private BigDecimal balance;
        private Line[] lines;
        private Object note;
        public String getId() { return id; }
        public void setId(String id) { this.id = id; }
        public BigDecimal getBalance() { return balance; }
        public void setBalance(BigDecimal balance) { this.balance = balance; }
        public Line[] getLines() { return lines; }
        public void setLines(Line[] lines) { this.lines = lines; }
        public Object getNote() { return note; }
        public void setNote(Object note) { this.note = note; }
    }

    public Account getAccount(String id) throws Exception {
        if (id.equals("unknown")) throw new AxisFault();
        if (id.equals("broken")) throw new IllegalStateException("disk of customer 4917012345 full");
        Account account = new Account();
        account.setId(id);
        account.setBalance(new BigDecimal("12.50"));
        if (id.equals("unsayable")) account.setNote(new Stranger());
        if (!id.equals("bare")) {
            Line line = new Line();
            line.setName("gebühr");
            line.setAmount(new BigDecimal("0.10"));
            account.setLines(new Line[] {line, line});
        }
        return account;
    }

    public static void main(String[] arguments) throws Exception {
        SimpleAxisServer server = new SimpleAxisServer();
        server.setServerSocket(new ServerSocket(0, 8, InetAddress.getLoopbackAddress()));
        server.setMyConfig(new FileProvider(new File(arguments[0]).getPath()));
        System.out.println(server.getServerSocket().getLocalPort());
        server.run();
    }
}
