// Reads YAML documents from standard input and checks each against the schema of its kind, and what schemas do not say: that
// selectors find pods and names that are referred to exist. Prints a line for each object; exit code 1 when one is wrong.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseAllDocuments } from 'yaml';

const require = createRequire(import.meta.url);
const problems = [];

function modelOf({ apiVersion, kind }) {
  // "v1" and "apps/v1" are folders of the package; groups with a domain go by their first word.
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const folders = [group, group.replace(/\.k8s\.io$/, ''), group.split('.')[0]].map((name) => (name ? `${name}/${version}` : version));
  for (const folder of folders) {
    try {
      return require(`kubernetes-models/${folder}/${kind}`)[kind];
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
  throw new Error(`no schema of ${apiVersion} ${kind}`);
}

function check(object, tell) {
  const Model = modelOf(object);
  // Long values are written in lines, which the server joins.
  if (object.kind === 'Secret') for (const [name, value] of Object.entries(object.data ?? {})) object.data[name] = value.replace(/\n/g, '');
  new Model(object).validate();
  if (!object.metadata?.name) tell('it has no name');
}

const contains = (labels, selector) => Object.entries(selector).every(([name, value]) => labels?.[name] === value);

function checkReferences(objects) {
  const of = (kind) => objects.filter((object) => object.kind === kind);
  const workloads = [...of('Deployment'), ...of('StatefulSet')];
  const tell = (object, text) => problems.push(`${object.kind} ${object.metadata.name}: ${text}`);
  for (const workload of workloads) {
    const labels = workload.spec.template.metadata?.labels;
    if (!contains(labels, workload.spec.selector.matchLabels ?? {})) tell(workload, 'its selector does not find its own pods');
    for (const container of workload.spec.template.spec.containers) {
      for (const source of container.envFrom ?? []) {
        const [kind, name] = source.configMapRef ? ['ConfigMap', source.configMapRef.name] : ['Secret', source.secretRef.name];
        if (!of(kind).some((object) => object.metadata.name === name)) tell(workload, `there is no ${kind} ${name}`);
      }
      const ports = new Set((container.ports ?? []).map((port) => port.name));
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
        const port = container[probe]?.httpGet?.port;
        if (typeof port === 'string' && !ports.has(port)) tell(workload, `${probe} asks port ${port}, which the container does not name`);
      }
    }
  }
  for (const object of [...of('Service'), ...of('PodDisruptionBudget')]) {
    const selector = object.kind === 'Service' ? object.spec.selector : object.spec.selector?.matchLabels;
    if (!selector || !workloads.some((workload) => contains(workload.spec.template.metadata.labels, selector))) tell(object, 'its selector finds no pods');
  }
  for (const scaler of of('HorizontalPodAutoscaler')) {
    const { kind, name } = scaler.spec.scaleTargetRef;
    if (!workloads.some((workload) => workload.kind === kind && workload.metadata.name === name)) tell(scaler, `there is no ${kind} ${name}`);
  }
}

const objects = [];
for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  if (document.errors.length > 0) problems.push(document.errors[0].message);
  const object = document.toJS();
  if (!object) continue;
  const name = `${object.kind} ${object.metadata?.name}`;
  try {
    check(object, (text) => problems.push(`${name}: ${text}`));
    objects.push(object);
    console.log(name);
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
checkReferences(objects);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
