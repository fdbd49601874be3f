import test from 'ava';
import { findCpuCgroup } from '../../src/contention/cpu-cgroup.js';

const lines = (...all: string[]): string => `${all.join('\n')}\n`;

test('version 1: the hierarchy that has the controller, alone or beside others', (t) => {
  const mountinfo = lines(
    '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
    '33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
  );
  const cgroup = lines('9:name=systemd:/', '3:cpuset:/a', '2:cpu,cpuacct:/jobs/one', '0::/user');
  t.deepEqual(findCpuCgroup({ mountinfo, cgroup }), {
    version: 1,
    folder: '/sys/fs/cgroup/cpu,cpuacct/jobs/one',
    mount: '/sys/fs/cgroup/cpu,cpuacct',
  });
});

test('version 1 in a container: only its own part of the hierarchy is mounted', (t) => {
  const mountinfo = lines('32 31 0:29 /docker/c0ffee /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu');
  const of = (path: string): string | undefined =>
    findCpuCgroup({ mountinfo, cgroup: lines(`2:cpu:${path}`) })?.folder;
  t.is(of('/docker/c0ffee'), '/sys/fs/cgroup/cpu');
  t.is(of('/docker/c0ffee/mine'), '/sys/fs/cgroup/cpu/mine');
  t.is(of('/elsewhere'), '/sys/fs/cgroup/cpu');
});

test('version 2: one hierarchy for all, whose mount may have a blank in its name', (t) => {
  const mountinfo = lines(String.raw`29 22 0:26 / /mnt/control\040groups rw shared:4 - cgroup2 cgroup2 rw`);
  t.deepEqual(findCpuCgroup({ mountinfo, cgroup: lines('0::/user.slice/mine') }), {
    version: 2,
    folder: '/mnt/control groups/user.slice/mine',
    mount: '/mnt/control groups',
  });
});

test('none where nothing is mounted, or the process is in none', (t) => {
  const mountinfo = lines('29 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw');
  t.is(findCpuCgroup({ mountinfo: lines('31 23 0:28 / / rw - ext4 disk rw'), cgroup: lines('0::/') }), null);
  t.is(findCpuCgroup({ mountinfo, cgroup: '' }), null);
});
