import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/** Asks the wire what tools ask by JDBC, and says what it heard, a line each: `name: value`. */
public class Reads {
  static void say(String name, Object value) {
    System.out.println(name + ": " + value);
  }

  static String rows(ResultSet found, String... columns) throws SQLException {
    StringBuilder text = new StringBuilder();
    while (found.next()) {
      for (String column : columns) {
        text.append(found.getString(column)).append(" ");
      }
    }
    return text.toString().trim();
  }

  public static void main(String[] given) throws SQLException {
    try (Connection connection = DriverManager.getConnection(given[0], "analyst", given[1])) {
      DatabaseMetaData about = connection.getMetaData();
      say("schemas", rows(about.getSchemas(), "TABLE_SCHEM"));
      say("tables", rows(about.getTables(null, "gold", "%", new String[] {"TABLE"}), "TABLE_NAME"));
      say("views", rows(about.getTables(null, "metrics", "%", new String[] {"VIEW"}), "TABLE_NAME"));
      say("columns", rows(about.getColumns(null, "gold", "dim_buyer", "%"), "COLUMN_NAME", "TYPE_NAME"));
      say("amount", rows(about.getColumns(null, "silver", "sales", "amount"), "TYPE_NAME", "COLUMN_SIZE", "DECIMAL_DIGITS"));
      say("said", rows(about.getColumns(null, "metrics", "lines", "lines"), "REMARKS"));
      say("key", rows(about.getPrimaryKeys(null, "gold", "dim_buyer"), "COLUMN_NAME", "KEY_SEQ"));
      say("index", rows(about.getIndexInfo(null, "gold", "dim_buyer", true, false), "COLUMN_NAME"));
      about.getTypeInfo().close();
      about.getImportedKeys(null, "gold", "dim_buyer").close();
      about.getFunctions(null, null, "%").close();
      say("catalog", connection.getCatalog());
      String query = "select id, day, amount, qty from silver.sales where amount > ? and day >= ? and qty < ? and id <> ?";
      for (int turn = 0; turn < 7; turn++) { // from the fifth on it is prepared, and values are binary
        try (PreparedStatement statement = connection.prepareStatement(query)) {
          statement.setBigDecimal(1, new BigDecimal("1.5"));
          statement.setObject(2, LocalDate.of(2026, 1, 1));
          statement.setInt(3, 100);
          statement.setString(4, "' or 1=1 --");
          ResultSet found = statement.executeQuery();
          found.next();
          say("row " + turn, found.getString(1) + " " + found.getObject(2) + " " + found.getBigDecimal(3) + " " + found.getInt(4));
        }
      }
      try (Statement statement = connection.createStatement()) {
        ResultSet found = statement.executeQuery("select event_at from silver.clicks");
        found.next();
        say("moment", found.getObject(1, OffsetDateTime.class));
      }
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(1000);
        ResultSet found = statement.executeQuery("select * from range(25000)");
        int count = 0;
        while (found.next()) {
          count++;
        }
        say("fetched", count);
      }
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("insert into silver.sales values (1)");
      } catch (SQLException error) {
        say("write", error.getSQLState());
      }
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(1);
        statement.executeQuery("select count(*) from range(100000000) a, range(100000000) b");
      } catch (SQLException error) {
        say("timeout", error.getSQLState());
      }
      say("valid", connection.isValid(5));
    }
  }
}
