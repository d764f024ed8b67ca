-- One row per position of an invoice. `Währung` is the column wahrung, `Beleg-Nr.` beleg_nr.
select
    beleg_nr as invoice_id,
    pos as line_number,
    datum as invoice_date,
    erfasst as entered_at,
    kunde as customer_id,
    artikel as product_id,
    menge as quantity,
    einzelpreis as unit_price,
    betrag as net_amount,
    wahrung as currency
from bronze.rechnungen
