#!/bin/sh
# The runbook's way by hand: its aws commands for one tenant, in its order, against the endpoint of a sandbox.
# It stays as a test of the sandbox (the real aws-cli must get the answers that the runbook expects) and as the
# benchmark's baseline. Not a way to work: its step 3 shows a password to DescribeTasks and CloudTrail.
# Usage: [PRIORITY=140] [NO_WAIT=1] tenant.sh <endpoint> <tenant> [up|validate|down|all]
# NO_WAIT=1 looks again at once where `aws ecs wait tasks-stopped` would sleep for 6 s.
set -eu
ENDPOINT=$1
TENANT=$2
PART=${3:-all}
PRIORITY=${PRIORITY:-140}
REGION=eu-west-1
ACCOUNT=815856636111
CLUSTER=sit-cluster
RDS_HOST=sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com
ROLE=sit-ecs-task-execution-role
export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-AKIASANDBOX} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-sandbox}
export AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

sit() { aws --endpoint-url "$ENDPOINT" --region "$REGION" "$@"; }
fail() { echo "FAILED $*" >&2; exit 1; }
expect() { # what, expected, got
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
  echo "ok $1: $3"
}

step1_secret() {
  TENANT_PASS=$(openssl rand -base64 18 | tr -d '/+=')
  cat > "$WORK/secret.json" <<EOF
{"username": "${TENANT}_user", "password": "$TENANT_PASS", "database": "${TENANT}_db", "host": "$RDS_HOST", "port": 3306}
EOF
  NAME=$(sit secretsmanager create-secret --name "sit-$TENANT-db-credentials" \
    --description "Database credentials for $TENANT tenant" \
    --secret-string "file://$WORK/secret.json" \
    --tags Key=Environment,Value=sit Key=Tenant,Value="$TENANT" \
    --query Name --output text)
  expect 'step 1, secret' "sit-$TENANT-db-credentials" "$NAME"
}

step2_policy() {
  cat > "$WORK/policy.json" <<EOF
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"],
 "Resource": ["arn:aws:secretsmanager:$REGION:$ACCOUNT:secret:sit-$TENANT-db-credentials-*"]}]}
EOF
  sit iam put-role-policy --role-name "$ROLE" --policy-name "sit-ecs-secrets-access-$TENANT" \
    --policy-document "file://$WORK/policy.json"
  expect 'step 2, policy' "sit-ecs-secrets-access-$TENANT" \
    "$(sit iam get-role-policy --role-name "$ROLE" --policy-name "sit-ecs-secrets-access-$TENANT" --query PolicyName --output text)"
}

register_generic() {
  cat > "$WORK/db-init.json" <<EOF
{"family": "sit-generic-db-init", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
 "memory": "512", "executionRoleArn": "arn:aws:iam::$ACCOUNT:role/$ROLE",
 "containerDefinitions": [{"name": "mysql-client", "image": "mysql:8.0", "essential": true,
   "command": ["sh", "-c", "echo 'Ready'"],
   "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/sit",
     "awslogs-region": "$REGION", "awslogs-stream-prefix": "db-init"}}}]}
EOF
  expect 'step 3a, task definition' sit-generic-db-init \
    "$(sit ecs register-task-definition --cli-input-json "file://$WORK/db-init.json" --query taskDefinition.family --output text)"
}

wait_stopped() { # task
  [ -n "${NO_WAIT:-}" ] || { sit ecs wait tasks-stopped --cluster "$CLUSTER" --tasks "$1"; return; }
  until [ "$(sit ecs describe-tasks --cluster "$CLUSTER" --tasks "$1" --query 'tasks[0].lastStatus' --output text)" = STOPPED ]; do :; done
}

run_sql() { # what, sql
  cat > "$WORK/overrides.json" <<EOF
{"containerOverrides": [{"name": "mysql-client", "command": ["sh", "-c",
 "mysql -h $RDS_HOST -u $MASTER_USER -p'$MASTER_PASS' -e \"$2\""]}]}
EOF
  TASK_ARN=$(sit ecs run-task --cluster "$CLUSTER" --task-definition sit-generic-db-init:1 --launch-type FARGATE \
    --network-configuration "awsvpcConfiguration={subnets=[subnet-09d1d2de85ae02264],securityGroups=[sg-01bca1fb9806ad397],assignPublicIp=DISABLED}" \
    --overrides "file://$WORK/overrides.json" --query 'tasks[0].taskArn' --output text)
  wait_stopped "$TASK_ARN"
  expect "$1, exit code" 0 \
    "$(sit ecs describe-tasks --cluster "$CLUSTER" --tasks "$TASK_ARN" --query 'tasks[0].containers[0].exitCode')"
}

master_credentials() {
  MASTER_CREDS=$(sit secretsmanager get-secret-value --secret-id sit-rds-master-credentials --query SecretString --output text)
  MASTER_USER=$(echo "$MASTER_CREDS" | jq -r .username)
  MASTER_PASS=$(echo "$MASTER_CREDS" | jq -r .password)
}

step3_database() {
  register_generic
  master_credentials
  run_sql 'step 3b, database' "CREATE DATABASE IF NOT EXISTS ${TENANT}_db CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; CREATE USER IF NOT EXISTS '${TENANT}_user'@'%' IDENTIFIED BY '$TENANT_PASS'; GRANT ALL PRIVILEGES ON ${TENANT}_db.* TO '${TENANT}_user'@'%'; FLUSH PRIVILEGES; SHOW DATABASES LIKE '${TENANT}_db';"
}

wordpress_definition() {
  SECRET_ARN=$(sit secretsmanager describe-secret --secret-id "sit-$TENANT-db-credentials" --query ARN --output text)
  cat <<EOF
{"family": "sit-$TENANT", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024",
 "executionRoleArn": "arn:aws:iam::$ACCOUNT:role/$ROLE",
 "volumes": [{"name": "content", "efsVolumeConfiguration": {"fileSystemId": "fs-0be15624e203bf94a",
   "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "$ACCESS_POINT", "iam": "DISABLED"}}}],
 "containerDefinitions": [{"name": "wordpress", "image": "wordpress:6.8-php8.3-apache", "essential": true,
   "portMappings": [{"containerPort": 80}],
   "environment": [{"name": "WORDPRESS_DB_HOST", "value": "$RDS_HOST"}],
   "secrets": [{"name": "WORDPRESS_DB_USER", "valueFrom": "$SECRET_ARN:username::"},
     {"name": "WORDPRESS_DB_PASSWORD", "valueFrom": "$SECRET_ARN:password::"},
     {"name": "WORDPRESS_DB_NAME", "valueFrom": "$SECRET_ARN:database::"}],
   "mountPoints": [{"sourceVolume": "content", "containerPath": "/var/www/html/wp-content"}],
   "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/sit",
     "awslogs-region": "$REGION", "awslogs-stream-prefix": "$TENANT"}}}]}
EOF
}

step4_service() {
  LB_ARN=$(sit elbv2 describe-load-balancers --names sit-alb --query 'LoadBalancers[0].LoadBalancerArn' --output text)
  VPC=$(sit elbv2 describe-load-balancers --names sit-alb --query 'LoadBalancers[0].VpcId' --output text)
  LISTENER=$(sit elbv2 describe-listeners --load-balancer-arn "$LB_ARN" --query 'Listeners[0].ListenerArn' --output text)
  ACCESS_POINT=$(sit efs create-access-point --file-system-id fs-0be15624e203bf94a --posix-user Uid=33,Gid=33 \
    --root-directory "Path=/$TENANT,CreationInfo={OwnerUid=33,OwnerGid=33,Permissions=0755}" --query AccessPointId --output text)
  wordpress_definition > "$WORK/wordpress.json"
  TASK_DEFINITION=$(sit ecs register-task-definition --cli-input-json "file://$WORK/wordpress.json" \
    --query taskDefinition.taskDefinitionArn --output text)
  TG_ARN=$(sit elbv2 create-target-group --name "sit-$TENANT-tg" --protocol HTTP --port 80 --vpc-id "$VPC" \
    --target-type ip --health-check-path / --matcher HttpCode=200-399 --query 'TargetGroups[0].TargetGroupArn' --output text)
  expect 'step 4, rule with priority' "$PRIORITY" "$(sit elbv2 create-rule --listener-arn "$LISTENER" --priority "$PRIORITY" \
    --conditions "Field=host-header,Values=$TENANT.wpsit.kimmyai.io" \
    --actions "Type=forward,TargetGroupArn=$TG_ARN" --query 'Rules[0].Priority' --output text)"
  expect 'step 4, service' ACTIVE "$(sit ecs create-service --cluster "$CLUSTER" --service-name "sit-$TENANT-service" --task-definition "$TASK_DEFINITION" \
    --desired-count 1 --launch-type FARGATE --health-check-grace-period-seconds 300 \
    --network-configuration "awsvpcConfiguration={subnets=[subnet-09d1d2de85ae02264,subnet-00e96b70ba19dffc5],securityGroups=[sg-01bca1fb9806ad397],assignPublicIp=DISABLED}" \
    --load-balancers "targetGroupArn=$TG_ARN,containerName=wordpress,containerPort=80" --query service.status --output text)"
}

validate() {
  sit ecs wait services-stable --cluster "$CLUSTER" --services "sit-$TENANT-service"
  expect 'validation, service' '{"DesiredCount":1,"RunningCount":1,"Status":"ACTIVE"}' \
    "$(sit ecs describe-services --cluster "$CLUSTER" --services "sit-$TENANT-service" \
      --query 'services[0].{Status:status,DesiredCount:desiredCount,RunningCount:runningCount}' --output json | jq -cS .)"
  TG_ARN=$(sit elbv2 describe-target-groups --names "sit-$TENANT-tg" --query 'TargetGroups[0].TargetGroupArn' --output text)
  sit elbv2 wait target-in-service --target-group-arn "$TG_ARN"
  expect 'validation, targets' healthy \
    "$(sit elbv2 describe-target-health --target-group-arn "$TG_ARN" \
      --query 'TargetHealthDescriptions[].{IP:Target.Id,Health:TargetHealth.State}' --output json | jq -r '.[].Health')"
  troubleshoot
}

# What the runbook looks at where a health check fails: no stopped task here, and the log of the one that runs.
troubleshoot() {
  expect 'troubleshooting, stopped tasks' None \
    "$(sit ecs list-tasks --cluster "$CLUSTER" --family "sit-$TENANT" --desired-status STOPPED --query 'taskArns[0]' --output text)"
  LOG_STREAM=$(sit logs describe-log-streams --log-group-name /ecs/sit --log-stream-name-prefix "$TENANT/wordpress" \
    --query 'logStreams[-1].logStreamName' --output text)
  LOG=$(sit logs filter-log-events --log-group-name /ecs/sit --log-stream-names "$LOG_STREAM" \
    --start-time "$(($(date +%s) - 600))000" --query 'events[].message' --output text)
  case $LOG in *apache2*) echo 'ok troubleshooting, log: apache2 runs' ;; *) fail "troubleshooting, log: '$LOG'" ;; esac
}

rollback() {
  expect 'rollback, desired count' 0 \
    "$(sit ecs update-service --cluster "$CLUSTER" --service "sit-$TENANT-service" --desired-count 0 --query service.desiredCount)"
  expect 'rollback, service' DRAINING \
    "$(sit ecs delete-service --cluster "$CLUSTER" --service "sit-$TENANT-service" --force --query service.status --output text)"
  TG_ARN=$(sit elbv2 describe-target-groups --names "sit-$TENANT-tg" --query 'TargetGroups[0].TargetGroupArn' --output text)
  LB_ARN=$(sit elbv2 describe-load-balancers --names sit-alb --query 'LoadBalancers[0].LoadBalancerArn' --output text)
  LISTENER=$(sit elbv2 describe-listeners --load-balancer-arn "$LB_ARN" --query 'Listeners[0].ListenerArn' --output text)
  RULE=$(sit elbv2 describe-rules --listener-arn "$LISTENER" \
    --query "Rules[?Actions[0].TargetGroupArn=='$TG_ARN'].RuleArn | [0]" --output text)
  sit elbv2 delete-rule --rule-arn "$RULE"
  # Where the runbook's reader waits and tries again: a target group is in use for a moment after its rule went.
  for TRY in 1 2 3 4 5 6; do
    sit elbv2 delete-target-group --target-group-arn "$TG_ARN" 2> "$WORK/error" && break
    grep -q ResourceInUse "$WORK/error" && [ "$TRY" -lt 6 ] || fail "rollback, target group: $(cat "$WORK/error")"
    sleep 1
  done
  echo 'ok rollback, rule and target group: deleted'
  master_credentials
  run_sql 'rollback, database' "DROP DATABASE IF EXISTS ${TENANT}_db; DROP USER IF EXISTS '${TENANT}_user'@'%';"
  expect 'rollback, secret' "sit-$TENANT-db-credentials" \
    "$(sit secretsmanager delete-secret --secret-id "sit-$TENANT-db-credentials" --force-delete-without-recovery --query Name --output text)"
  sit iam delete-role-policy --role-name "$ROLE" --policy-name "sit-ecs-secrets-access-$TENANT"
  echo 'ok rollback, policy: deleted'
}

up() {
  expect 'identity' "$ACCOUNT" "$(sit sts get-caller-identity --query Account --output text)"
  step1_secret
  step2_policy
  step3_database
  step4_service
}

case $PART in
  up) up ;;
  validate) validate ;;
  down) rollback ;;
  all) up; validate; rollback ;;
  *) echo "unknown part: $PART" >&2; exit 2 ;;
esac
