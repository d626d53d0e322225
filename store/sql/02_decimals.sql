-- Decimals of the minor unit (§2, ISO 4217), for the currencies where they are not two.
select unnest(string_to_array(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF UYI', ' '
)) as currency, 0 as decimals
union all
select unnest(string_to_array('BHD IQD JOD KWD LYD OMR TND', ' ')), 3
union all
select unnest(string_to_array('CLF UYW', ' ')), 4
