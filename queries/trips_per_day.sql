-- Taxi trips for each day of a period: how many, how far, what they cost.
-- @param  from_day  DATE  first pick-up day, included
-- @param  to_day    DATE  last pick-up day, included
-- @column day       DATE
-- @column trips     BIGINT
-- @column miles     DOUBLE
-- @column fares     DECIMAL(18,2)
SELECT
  CAST(tpep_pickup_datetime AS DATE) AS day,
  COUNT(*) AS trips,
  SUM(trip_distance) AS miles,
  CAST(SUM(fare_amount) AS DECIMAL(18, 2)) AS fares
FROM samples.nyctaxi.trips
WHERE CAST(tpep_pickup_datetime AS DATE) BETWEEN :from_day AND :to_day
GROUP BY CAST(tpep_pickup_datetime AS DATE)
ORDER BY day
