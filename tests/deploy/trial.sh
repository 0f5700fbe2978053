#!/bin/sh
# Runs once in a booted machine, by the words of docs/deploy.md; what it saw lies in /trial.
exec >/trial/log 2>&1
set -x
etc=/etc/callsteward
state=/var/lib/callsteward
units="callsteward.service callsteward-sweep.service callsteward-receive.service callsteward-sweep.timer"

# One fact a line, for the drill to judge.
said() { printf '%s=%s\n' "$1" "$2" >>/trial/said; }
shown() { systemctl show --value -p "$2" "$1"; }
as_user() {
    runuser -u callsteward -- env CALLSTEWARD_SETTINGS_FILE=$etc/callsteward.toml \
        CALLSTEWARD_DATA_DIR=$state /opt/callsteward/bin/callsteward "$@"
}
with_secrets() {
    systemd-run --quiet --pipe --wait --collect -p User=callsteward \
        -p "LoadCredential=intune.pem:$etc/intune.pem" \
        -p "LoadCredential=intune-key.pem:$etc/intune-key.pem" \
        -p "LoadCredential=zoom-reader-secret:$etc/zoom-reader-secret" \
        -p "LoadCredential=zoom-user-app-secret:$etc/zoom-user-app-secret" \
        -p "LoadCredential=smtp-password:$etc/smtp-password" \
        -E CALLSTEWARD_SETTINGS_FILE=$etc/callsteward.toml -E CALLSTEWARD_DATA_DIR=$state \
        sh -c '
            export CALLSTEWARD_INTUNE_CERTIFICATE_FILE="$CREDENTIALS_DIRECTORY/intune.pem"
            export CALLSTEWARD_INTUNE_PRIVATE_KEY_FILE="$CREDENTIALS_DIRECTORY/intune-key.pem"
            export CALLSTEWARD_ZOOM_READER_CLIENT_SECRET_FILE="$CREDENTIALS_DIRECTORY/zoom-reader-secret"
            export CALLSTEWARD_ZOOM_USER_APP_CLIENT_SECRET_FILE="$CREDENTIALS_DIRECTORY/zoom-user-app-secret"
            export CALLSTEWARD_SMTP_PASSWORD_FILE="$CREDENTIALS_DIRECTORY/smtp-password"
            exec /opt/callsteward/bin/callsteward "$@"' callsteward "$@"
}

said verified "$(systemd-analyze verify $units 2>&1)"
for list in staff contacts register; do
    as_user $list import $etc/$list.csv --by S-ACI-SPOC --yes
    said "import_$list" $?
done

systemctl start callsteward-sweep
said sweep_start $?
said sweep_result "$(shown callsteward-sweep Result)"
with_secrets sweep --by S-ACI-SPOC >/dev/null
said by_hand $?

systemctl start callsteward-sweep.timer
said timer "$(systemctl is-active callsteward-sweep.timer)"
said timer_next "$(shown callsteward-sweep.timer NextElapseUSecRealtime)"
systemctl enable --now callsteward
said serve_start $?
said timer_beside_agent "$(systemctl is-active callsteward-sweep.timer)"
pid=$(shown callsteward MainPID)
for name in CapEff CapBnd NoNewPrivs Seccomp; do
    said "$name" "$(sed -n "s/^$name:[[:space:]]*//p" "/proc/$pid/status")"
done
tries=0
until journalctl -u callsteward -o cat | grep -q '"done", "key": "sweep/' || [ $tries -ge 90 ]; do
    sleep 1
    tries=$((tries + 1))
done
said night "$(journalctl -u callsteward -o cat | grep -c '"done", "key": "sweep/')"
runuser -u callsteward -- sqlite3 $state/callsteward.db ".backup $state/copy.db"
said backup $?
python3 /root/callsteward/deploy/verify_audit.py $state/copy.db
said proved $?
systemctl stop callsteward
said serve_result "$(shown callsteward Result)"
rm -f $state/callsteward.db-wal $state/callsteward.db-shm
mv $state/copy.db $state/callsteward.db
as_user database upgrade
said upgraded $?
as_user audit verify
said restored $?
said state_mode "$(stat -c '%a %U' $state)"
mv $etc/callsteward.toml $etc/aside
systemctl start callsteward-sweep
said misconfigured "$(shown callsteward-sweep Result)"
journalctl -o cat -u callsteward -u callsteward-sweep >/trial/journal
said ended yes
systemctl poweroff
