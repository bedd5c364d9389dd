-- Why: the sizes that a release knows, as its catalogue.csv has them, until a timer asks.
-- Safe online: a few rows; what a timer has written about other regions stays.
-- Undo: none is needed; the timer writes what the region offers.
-- RLS: as 20261129100000_create_instance_types.sql.

insert into public.instance_types as t (
  name, cores, memory_gb, family, retires_on, successor, is_default, prices)
values
  ('Standard_DS1_v2', 1, 3.5, 'standardDSv2Family', '2028-05-01', 'Standard_D2as_v4', true, '{"eastus": 0.073, "eastus2": 0.057, "westus2": 0.057, "westeurope": 0.0679, "swedencentral": 0.0679, "northeurope": 0.0658, "uksouth": 0.0878, "southeastasia": 0.0789, "centralindia": 0.084}'),
  ('Standard_DS2_v2', 2, 7, 'standardDSv2Family', '2028-05-01', 'Standard_D2as_v4', false, '{"eastus": 0.146, "eastus2": 0.114, "westus2": 0.114, "westeurope": 0.136, "swedencentral": 0.136, "northeurope": 0.132, "uksouth": 0.176, "southeastasia": 0.158, "centralindia": 0.169}'),
  ('Standard_DS3_v2', 4, 14, 'standardDSv2Family', '2028-05-01', 'Standard_D4as_v4', false, '{"eastus": 0.293, "eastus2": 0.229, "westus2": 0.229, "westeurope": 0.272, "swedencentral": 0.272, "northeurope": 0.263, "uksouth": 0.351, "southeastasia": 0.316, "centralindia": 0.337}'),
  ('Standard_DS4_v2', 8, 28, 'standardDSv2Family', '2028-05-01', 'Standard_D8as_v4', false, '{"eastus": 0.585, "eastus2": 0.458, "westus2": 0.458, "westeurope": 0.544, "swedencentral": 0.544, "northeurope": 0.527, "uksouth": 0.702, "southeastasia": 0.631, "centralindia": 0.675}'),
  ('Standard_F4s_v2', 4, 8, 'standardFSv2Family', '2028-11-15', 'Standard_D4as_v4', false, '{"eastus": 0.169, "eastus2": 0.169, "westus2": 0.169, "westeurope": 0.194, "swedencentral": 0.194, "northeurope": 0.192, "uksouth": 0.202, "southeastasia": 0.196, "centralindia": 0.17}')
on conflict (name) do update
   set cores = excluded.cores, memory_gb = excluded.memory_gb, family = excluded.family,
       retires_on = excluded.retires_on, successor = excluded.successor,
       prices = t.prices || excluded.prices, updated_at = now();
