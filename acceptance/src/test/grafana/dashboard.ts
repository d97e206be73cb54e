import type { Dashboard as Whole, FieldConfig, Panel, RowPanel } from './node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type { Options as BarGauge } from './node_modules/@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type { Options as Gauge } from './node_modules/@grafana/schema/dist/types/raw/composable/gauge/panelcfg/x/types.gen';
import type { Options as Stat } from './node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type { Options as Text } from './node_modules/@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';
import type { FieldConfig as SeriesField, Options as Series } from './node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

/** A panel of one kind. Options may be left out: Grafana adds its defaults. */
interface Of<Type extends string, Options, Custom> extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: Type;
  options: Partial<Options>;
  fieldConfig?: { defaults: Omit<FieldConfig, 'custom'> & { custom?: Partial<Custom> }; overrides: never[] };
  targets?: Query[];
}

/** What the Prometheus data source is asked. */
interface Query {
  refId: string;
  datasource: { type: "prometheus"; uid: string };
  hide?: boolean;
  expr: string;
  legendFormat?: string;
  range?: boolean;
  instant?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  editorMode?: 'code' | 'builder';
  interval?: string;
}

export interface Dashboard extends Omit<Whole, 'panels'> {
  panels: Array<
    | Of<'timeseries', Series, SeriesField>
    | Of<'stat', Stat, Record<string, never>>
    | Of<'gauge', Gauge, Record<string, never>>
    | Of<'bargauge', BarGauge, Record<string, never>>
    | Of<'text', Text, Record<string, never>>
    | (Omit<RowPanel, 'panels'> & { panels: never[] })
  >;
}
